package org.yukiguni;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rooms and who may import whom. */
class WallsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.yukiguni");

  @Test
  void theEngineImportsOnlyTheJdk() {
    classes()
        .that()
        .resideInAPackage("org.yukiguni.engine..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.yukiguni.engine..")
        .check(CLASSES);
  }

  @Test
  void sparkStaysInItsRooms() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.yukiguni.api..",
            "org.yukiguni.cli..",
            "org.yukiguni.prompt..",
            "org.yukiguni.report..",
            "org.yukiguni.run..",
            "org.yukiguni.spark..",
            "org.yukiguni.train..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "scala..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.yukiguni.cli..",
            "org.yukiguni.hub..",
            "org.yukiguni.prompt..",
            "org.yukiguni.run..",
            "org.yukiguni.spark..",
            "org.yukiguni.train..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.hadoop..")
        .check(CLASSES);
  }

  @Test
  void djlStaysWithTheModelAndOneTokenizerClass() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.yukiguni.model..", "org.yukiguni.script..", "org.yukiguni.tokenizer..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(CLASSES);
    List<String> inTokenizer =
        CLASSES.stream()
            .filter(c -> c.getPackageName().equals("org.yukiguni.tokenizer"))
            .filter(
                c ->
                    c.getDirectDependenciesFromSelf().stream()
                        .anyMatch(d -> d.getTargetClass().getPackageName().startsWith("ai.djl")))
            .map(c -> c.getSimpleName())
            .toList();
    assertThat(inTokenizer).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void theModelKnowsNoTextAndTheTokenizerNoTensor() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.yukiguni.model..", "org.yukiguni.checkpoint..", "org.yukiguni.script..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.yukiguni.tokenizer..",
            "org.yukiguni.job..",
            "org.yukiguni.prompt..",
            "org.yukiguni.run..",
            "org.yukiguni.spark..",
            "org.yukiguni.train..",
            "org.yukiguni.cli..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("org.yukiguni.tokenizer..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.yukiguni.model..", "org.yukiguni.checkpoint..", "org.yukiguni.script..")
        .check(CLASSES);
  }

  @Test
  void theReportKnowsRowsAndColumnsAndNotHowTheyCome() {
    noClasses()
        .that()
        .resideInAPackage("org.yukiguni.report..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.yukiguni..")
                .and(not(resideInAnyPackage("org.yukiguni.report..", "org.yukiguni.spark..")))
                .or(assignableTo("org.apache.hadoop.fs.Path")))
        .check(CLASSES);
  }

  @Test
  void progressKnowsCountersAndNotSpark() {
    noClasses()
        .that()
        .resideInAPackage("org.yukiguni.progress..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.yukiguni..")
                .and(
                    not(
                        resideInAnyPackage(
                            "org.yukiguni.progress..",
                            "org.yukiguni.report..",
                            "org.yukiguni.spark.."))))
        .check(CLASSES);
  }

  @Test
  void theRoomsFormNoCycle() {
    slices().matching("org.yukiguni.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everyRoomSaysWhatItIsAndFilesStayShort() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      List<Path> sources = files.filter(f -> f.toString().endsWith(".java")).toList();
      assertThat(sources).hasSizeGreaterThan(50);
      for (Path source : sources) {
        assertThat(source.resolveSibling("package-info.java")).exists();
        assertThat(Files.readAllLines(source)).as("lines of %s", source).hasSizeLessThan(400);
      }
    }
  }
}
