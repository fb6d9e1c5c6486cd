package org.yukiguni.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchFileTest {
  private static final Path FIXTURE =
      Path.of("src/test/resources/fixtures/gpt_neox-bin/pytorch_model.bin");

  /** A dict with the tensor w, the first six elements of storage 0 in an order of its own. */
  private static final String TENSOR =
      "}X\1\0\0\0w"
          + "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
          + "X\1\0\0\0"
          + "0X\3\0\0\0cpuK\6tQK\0";

  @TempDir Path folder;

  @Test
  void findsViewsOfOneStorageAndTransposedOnes() {
    Map<String, StoredTensor> tensors = TorchFile.read(FIXTURE);
    StoredTensor transposed = tensors.get("gpt_neox.layers.0.attention.dense.weight");
    assertThat(transposed.strides()).containsExactly(1L, 28L);
    FloatBuffer rows = transposed.map().asFloatBuffer();
    StoredTensor asStored =
        new StoredTensor(
            "x",
            "F32",
            transposed.shape(),
            java.util.List.of(),
            FIXTURE,
            transposed.offset(),
            transposed.bytes());
    FloatBuffer columns = asStored.map().asFloatBuffer();
    for (int i = 0; i < 28; i++) {
      for (int j = 0; j < 28; j++) {
        assertThat(rows.get(28 * i + j)).isEqualTo(columns.get(28 * j + i));
      }
    }
    long first = tensors.get("gpt_neox.layers.0.mlp.dense_h_to_4h.weight").offset();
    assertThat(tensors.get("gpt_neox.layers.1.mlp.dense_h_to_4h.weight").offset())
        .isEqualTo(first + 4 * 88 * 28);
    assertThat(tensors.get("gpt_neox.layers.0.attention.bias").type()).isEqualTo("BOOL");
  }

  @Test
  void aTensorMayRepeatItsElements() throws IOException {
    write(TENSOR + "K\3K\2\206K\2K\0\206\211NtRs.", new byte[24]);
    StoredTensor tensor = TorchFile.read(folder.resolve("x.bin")).get("w");
    assertThat(tensor.shape()).containsExactly(3L, 2L);
    assertThat(tensor.strides()).containsExactly(2L, 0L);
    assertThat(tensor.map().remaining()).isEqualTo(24);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cposix#system#(X1echo x1tR. | its pickle asks for posix.system, which a dict of tensors",
        "ctorch#load#. | its pickle asks for torch.load, which",
        "ctorch._utils#_rebuild_qtensor#. | its pickle asks for torch._utils._rebuild_qtensor, which",
        "cbuiltins#eval#. | its pickle asks for builtins.eval, which",
        "]. | it holds no dict of tensors",
        "i | its pickle has the opcode 0x69",
        "q | its pickle is cut short or damaged",
        "t | its pickle is cut short or damaged",
        "b | its pickle is cut short or damaged",
        "NR | its pickle is damaged",
      })
  void aPickleThatIsNoDictOfTensorsIsRefused(String pickle, String reason) throws IOException {
    write(pickle.replace('#', '\n'), new byte[24]);
    refused("Cannot read " + folder.resolve("x.bin") + " because " + reason);
  }

  @Test
  void aTensorOutsideItsStorageIsRefused() throws IOException {
    write(TENSOR + "K\3K\2\206K\3K\1\206\211NtRs.", new byte[24]);
    refused("its tensor w does not lie within its storage");
    write(TENSOR + "K\3K\2\206K\2K\1\206\211NtRs.", new byte[23]);
    refused("its tensor w does not lie within its storage");
    String huge = "\212\10\0\0\0\0\0\0\0\100";
    write(TENSOR + huge + huge + "\206" + huge + huge + "\206\211NtRs.", new byte[24]);
    refused("its tensor w does not lie within its storage");
  }

  @Test
  void theFormatBeforeTorch16IsToldApart() throws IOException {
    Files.write(folder.resolve("x.bin"), new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c});
    refused("it is not the zip file that torch writes since version 1.6; load it with torch and");
  }

  private void refused(String reason) {
    assertThatThrownBy(() -> TorchFile.read(folder.resolve("x.bin")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(reason);
  }

  private void write(String pickle, byte[] storage) throws IOException {
    Path file = folder.resolve("x.bin");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      store(zip, "x/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1));
      store(zip, "x/data/0", storage);
    }
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
