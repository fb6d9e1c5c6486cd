package org.yukiguni.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderRevisionTest {
  private static final int HEADER_BYTES = 16;

  @TempDir Path folder;
  private String before;

  @BeforeEach
  void fill() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"a\": 1}");
    writeWeights((byte) 0, (byte) 0);
    before = FolderRevision.of(folder);
  }

  @Test
  void isTheSameForTheSameContents(@TempDir Path copy) throws IOException {
    for (String name : new String[] {"model.safetensors", "config.json"}) {
      Files.copy(folder.resolve(name), copy.resolve(name));
    }
    assertThat(FolderRevision.of(copy)).isEqualTo(before).matches("[0-9a-f]{12}");
  }

  @Test
  void seesConfigurationAndTokenizer() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"a\": 2}");
    String changed = FolderRevision.of(folder);
    assertThat(changed).isNotEqualTo(before);
    Files.writeString(folder.resolve("spiece.model"), "x");
    assertThat(FolderRevision.of(folder)).isNotEqualTo(changed);
  }

  @Test
  void seesTheHeaderAndTheNumbersOfWeights() throws IOException {
    writeWeights((byte) 1, (byte) 0);
    assertThat(FolderRevision.of(folder)).isNotEqualTo(before);
    writeWeights((byte) 0, (byte) 1);
    assertThat(FolderRevision.of(folder)).isNotEqualTo(before);
  }

  @Test
  void samplesLargeWeightsAllOver() throws IOException {
    byte[] weights = new byte[8 << 20];
    Path file = Files.write(folder.resolve("model.safetensors"), weights);
    String zeros = FolderRevision.of(folder);
    Arrays.fill(weights, weights.length / 2, weights.length / 2 + (64 << 10), (byte) 1);
    Files.write(file, weights);
    assertThat(FolderRevision.of(folder)).isNotEqualTo(zeros);
  }

  @Test
  void doesNotSeeNotes() throws IOException {
    Files.writeString(folder.resolve("README.md"), "x");
    Files.createDirectory(folder.resolve("runs"));
    assertThat(FolderRevision.of(folder)).isEqualTo(before);
  }

  @Test
  void standsWeightsThatAreNone() throws IOException {
    Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
    String tooShort = FolderRevision.of(folder);
    Files.write(folder.resolve("model.safetensors"), new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
    assertThat(FolderRevision.of(folder)).isNotEqualTo(tooShort);
  }

  private void writeWeights(byte header, byte number) throws IOException {
    ByteBuffer weights =
        ByteBuffer.allocate(Long.BYTES + HEADER_BYTES + 8).order(ByteOrder.LITTLE_ENDIAN);
    weights.putLong(HEADER_BYTES).put(header);
    weights.put(Long.BYTES + HEADER_BYTES, number);
    Files.write(folder.resolve("model.safetensors"), weights.array());
  }
}
