package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.InvalidJobException;

/** Models on a real HDFS: a name node and a data node in this JVM. */
class HadoopFolderIT {
  private static final Configuration HADOOP = new Configuration();
  private static MiniDFSCluster cluster;
  private static FileSystem hdfs;
  private static int models;

  @TempDir Path home;
  private org.apache.hadoop.fs.Path model;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    HADOOP.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    cluster = new MiniDFSCluster.Builder(HADOOP).numDataNodes(1).build();
    cluster.waitActive();
    hdfs = cluster.getFileSystem();
  }

  @AfterAll
  static void stop() {
    cluster.shutdown();
  }

  @BeforeEach
  void fill() throws IOException {
    model = new org.apache.hadoop.fs.Path(cluster.getURI() + "/models/tiny" + models++);
    byte[] weights = new byte[300_000];
    new Random(1).nextBytes(weights);
    for (var file :
        Map.of(
                "config.json",
                "{}".getBytes(UTF_8),
                "tokenizer.json",
                "{}".getBytes(UTF_8),
                "model.safetensors",
                weights,
                "pytorch_model.bin",
                weights,
                "README.md",
                new byte[3])
            .entrySet()) {
      write(file.getKey(), file.getValue());
    }
    hdfs.mkdirs(new org.apache.hadoop.fs.Path(model, "runs"));
  }

  @Test
  void isCopiedOnce() throws IOException {
    Path copy = folder().copy(folder().contents(), new FetchLog());
    assertThat(copy.getParent()).isEqualTo(home.resolve("yukiguni"));
    assertThat(copy.getFileName().toString()).matches(model.getName() + "-[0-9a-f]{16}");
    assertThat(names(copy))
        .containsExactlyInAnyOrder("config.json", "tokenizer.json", "model.safetensors");
    assertThat(copy.resolve("model.safetensors")).hasSize(300_000);
    Object key = Files.readAttributes(copy, "unix:ino").get("ino");
    assertThat(folder().copy(folder().contents(), new FetchLog())).isEqualTo(copy);
    assertThat(Files.readAttributes(copy, "unix:ino")).containsEntry("ino", key);
    assertThat(names(home.resolve("yukiguni")))
        .containsExactlyInAnyOrder(copy.getFileName().toString(), copy.getFileName() + ".lock");
  }

  @Test
  void isCopiedOnceHoweverManyAsk() throws IOException {
    String contents = folder().contents();
    Callable<Path> copying = () -> folder().copy(contents, new FetchLog());
    assertThat(Parallel.run(Collections.nCopies(8, copying)).stream().distinct()).hasSize(1);
    assertThat(names(home.resolve("yukiguni"))).hasSize(2);
  }

  @Test
  void isAnotherOneWhenAFileChanges() throws IOException {
    String before = folder().contents();
    Path copy = folder().copy(before, new FetchLog());
    write("config.json", "{\"a\": 1}".getBytes(UTF_8));
    assertThat(folder().contents()).isNotEqualTo(before);
    assertThat(folder().copy(folder().contents(), new FetchLog()).resolve("config.json"))
        .hasContent("{\"a\": 1}");
    // A host that has the old contents goes on with them, one that has not must not mix.
    assertThat(folder().copy(before, new FetchLog())).isEqualTo(copy);
    assertThatThrownBy(() -> folder(home.resolve("other")).copy(before, new FetchLog()))
        .isInstanceOf(HubException.class)
        .hasMessage(
            "Cannot copy model "
                + model
                + " because its files have changed since the job began; run it again");
  }

  @Test
  void goesOnWithTheFilesThatAnEarlierProcessLeft() throws IOException {
    String contents = folder().contents();
    Path incomplete =
        Files.createDirectories(
            home.resolve("yukiguni/%s-%s.incomplete".formatted(model.getName(), contents)));
    Files.write(incomplete.resolve("model.safetensors.part"), new byte[100]);
    // A file gets its name when it is whole, so this one is not copied again.
    Files.writeString(incomplete.resolve("config.json"), "[]");
    Path copy = folder().copy(contents, new FetchLog());
    assertThat(copy.resolve("model.safetensors")).hasSize(300_000);
    assertThat(copy.resolve("config.json")).hasContent("[]");
    assertThat(names(copy)).hasSize(3);
    assertThat(incomplete).doesNotExist();
  }

  @Test
  void saysWhyItCannotBeRead() throws IOException {
    assertRefused(
        cluster.getURI() + "/none",
        "there is no such folder; give the folder of a whole checkpoint on a file system that Spark"
            + " can read");
    assertRefused("nope://host/model", "of No FileSystem for scheme \"nope\"; give the folder of");
    assertRefused(
        "hdfs:model",
        "it is no address of a folder (java.net.URISyntaxException: Relative path in absolute URI:"
            + " hdfs:model); give the folder of");
    hdfs.delete(new org.apache.hadoop.fs.Path(model, "config.json"), false);
    assertRefused(model.toString(), "it has no config.json; give the folder of");
    write("config.json", "{}".getBytes(UTF_8));
    hdfs.delete(new org.apache.hadoop.fs.Path(model, "model.safetensors"), false);
    write("model.safetensors.index.json", "{\"weight_map\": {\"w\": \"x.bin\"}}".getBytes(UTF_8));
    assertRefused(
        model.toString(), "the index of its weights names x.bin, which is not there; give");
    Configuration missing = new Configuration();
    missing.set("fs.s3a.impl", "org.no.such.S3AFileSystem");
    assertThatThrownBy(
            () -> new HadoopFolder("s3a://b/m", ModelFiles.MODEL, missing, home).contents())
        .isInstanceOf(HubException.class)
        .hasMessageStartingWith("Cannot read model s3a://b/m because of ")
        .hasMessageContaining("Class org.no.such.S3AFileSystem not found");
  }

  @Test
  void aFileThatMayNotBeReadIsNamed() throws Exception {
    hdfs.setPermission(model, new FsPermission((short) 0));
    Callable<String> asAnother =
        () ->
            UserGroupInformation.createRemoteUser("guest")
                .doAs((PrivilegedExceptionAction<String>) () -> folder().contents());
    assertThatThrownBy(asAnother::call)
        .hasMessageStartingWith(
            "Cannot read model "
                + model
                + " because it may not be read (Permission denied: user=guest");
  }

  @Test
  void theJobsKeyIsNamedAndTheRevisionIsThatOfALocalFolder() throws IOException {
    ModelResolver resolver =
        new ModelResolver(
            HADOOP,
            () -> HubEnvironment.of(Map.of("HF_HOME", home.toString()), home),
            new FetchLog());
    ModelFolder found = resolver.resolve(ModelResolverTest.spec(model.toString()));
    assertThat(found.path()).startsWith(home);
    assertThat(found.revision()).isEqualTo(FolderRevision.of(found.path()));
    assertThat(resolver.resolve(ModelResolverTest.spec("file:" + found.path())).path())
        .isEqualTo(found.path());
    assertThat(found.source())
        .isEqualTo(new HadoopSource(model.toString(), folder().contents(), ModelFiles.MODEL));
    assertThatThrownBy(() -> resolver.resolve(ModelResolverTest.spec(cluster.getURI() + "/none")))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageStartingWith("model.path: Cannot read model ");
  }

  private void assertRefused(String uri, String because) {
    assertThatThrownBy(() -> new HadoopFolder(uri, ModelFiles.MODEL, HADOOP, home).contents())
        .isInstanceOf(HubException.class)
        .hasMessageStartingWith("Cannot read model " + uri + " because " + because);
  }

  private HadoopFolder folder() {
    return folder(home);
  }

  private HadoopFolder folder(Path host) {
    return new HadoopFolder(model.toString(), ModelFiles.MODEL, HADOOP, host);
  }

  private void write(String name, byte[] contents) throws IOException {
    try (var file = hdfs.create(new org.apache.hadoop.fs.Path(model, name), true)) {
      file.write(contents);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
