package org.yukiguni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yukiguni.checkpoint.Architecture;
import org.yukiguni.engine.ErrorCode;
import org.yukiguni.job.AddSpecialTokens;
import org.yukiguni.job.Job;
import org.yukiguni.job.NamedTemplate;
import org.yukiguni.job.TrainJob;
import org.yukiguni.run.ExitCode;
import org.yukiguni.spark.OutputColumn;

/** What the README states of columns, keys, codes, rooms and files is what there is. */
class ReadmeTest {
  private final String readme = read(Path.of("README.md"));

  @Test
  void theColumnTableIsTheCodes() {
    assertThat(section("columns")).isEqualTo(OutputColumn.markdown().strip());
  }

  @Test
  void theKeyTableNamesEveryKeyOfAJobAndNoOther() {
    assertThat(new TreeSet<>(firstColumn(section("keys"))))
        .isEqualTo(keys(Job.class.getRecordComponents()));
  }

  @Test
  void theKeyTableOfTrainingsHasTheirOwnGroups() {
    RecordComponent[] own =
        Arrays.stream(TrainJob.class.getRecordComponents())
            .filter(group -> List.of("lora", "train", "output").contains(group.getName()))
            .toArray(RecordComponent[]::new);
    assertThat(new TreeSet<>(firstColumn(section("train keys")))).isEqualTo(keys(own));
  }

  private static Set<String> keys(RecordComponent[] groups) {
    TreeSet<String> keys = new TreeSet<>();
    for (RecordComponent group : groups) {
      if (group.getType().isRecord()) {
        for (RecordComponent key : group.getType().getRecordComponents()) {
          keys.add(snake(group) + "." + snake(key));
        }
      } else {
        keys.add(snake(group));
      }
    }
    return keys;
  }

  @Test
  void theErrorCodesAreAllThere() {
    assertThat(firstColumn(section("error codes")))
        .containsExactlyElementsOf(
            Arrays.stream(ErrorCode.values()).map(ErrorCode::label).toList());
  }

  @Test
  void theTemplatesAreAllThere() {
    List<String> rows = section("templates").lines().skip(2).toList();
    assertThat(rows).hasSameSizeAs(NamedTemplate.NAMES);
    for (int i = 0; i < rows.size(); i++) {
      String name = NamedTemplate.NAMES.get(i);
      NamedTemplate template = NamedTemplate.find(name).orElseThrow();
      boolean adds = template.addSpecialTokens() == AddSpecialTokens.AUTO;
      assertThat(rows.get(i))
          .startsWith("| `" + name + "` | ")
          .endsWith(adds ? " | in front |" : " | none |");
      assertThat(rows.get(i).contains("prompt.input") || rows.get(i).contains("### Input:"))
          .isEqualTo(template.takesInput());
    }
  }

  @Test
  void theExitCodesAreAllThere() {
    for (ExitCode code : ExitCode.values()) {
      assertThat(readme).contains("\n| " + code.code() + " | ");
    }
  }

  @Test
  void theTestsOfTheFaultsExist() {
    List<String> tests =
        Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`")
            .matcher(section("faults"))
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(tests).hasSizeGreaterThan(15);
    for (String test : tests) {
      String[] name = test.replace("`", "").split("\\.", -1);
      try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
        assertThat(files.filter(file -> file.endsWith(name[0] + ".java")).map(ReadmeTest::read))
            .as(test)
            .anyMatch(text -> text.contains("void " + name[1] + "()"));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  @Test
  void theArchitecturesAreAllThere() {
    assertThat(firstColumn(section("architectures")))
        .containsExactlyElementsOf(
            Arrays.stream(Architecture.values()).map(Architecture::className).toList());
  }

  @Test
  void theRoomsAreAllThere() throws IOException {
    try (Stream<Path> rooms = Files.list(Path.of("src/main/java/org/yukiguni"))) {
      rooms
          .filter(Files::isDirectory)
          .forEach(room -> assertThat(readme).contains("\n| `" + room.getFileName() + "` | "));
    }
  }

  @Test
  void theFilesItNamesExist() {
    List<String> files =
        Pattern.compile("\\b(?:conf|jobs|data|src)/[\\w./-]*\\w")
            .matcher(readme)
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(files).hasSizeGreaterThan(5).allSatisfy(file -> assertThat(Path.of(file)).exists());
  }

  @Test
  void theCommandsNameWhatTheBuildKnows() {
    String pom = read(Path.of("pom.xml"));
    assertThat(pom)
        .contains("<yukiguni.main>org.yukiguni.cli.Yukiguni</yukiguni.main>")
        .contains("<finalName>yukiguni</finalName>")
        .contains("<yukiguni.args>generate jobs/quickstart.yaml</yukiguni.args>");
    assertThat(readme)
        .contains(
            "--class org.yukiguni.cli.Yukiguni target/yukiguni.jar generate jobs/quickstart.yaml")
        .contains("mvn -q compile exec:exec -Dyukiguni.args=\"generate ");
    assertThat(read(Path.of(".ci/run"))).contains("mvn -B -ntp verify");
  }

  /** The table after a marker. */
  private String section(String name) {
    int start = readme.indexOf("-->", readme.indexOf("<!-- " + name + ": checked")) + 3;
    int end = readme.indexOf("\n\n", start + 1);
    return readme.substring(start, end).strip();
  }

  /** The names in backticks of each row's first cell. */
  private static List<String> firstColumn(String table) {
    List<String> names = new ArrayList<>();
    for (String row : table.lines().skip(2).toList()) {
      Pattern.compile("`([^`]+)`")
          .matcher(row.split("\\|", -1)[1])
          .results()
          .forEach(name -> names.add(name.group(1)));
    }
    return names;
  }

  private static String snake(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
