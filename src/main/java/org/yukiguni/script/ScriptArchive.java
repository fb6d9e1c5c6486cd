package org.yukiguni.script;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive made of source files. Four kinds of entries suffice for libtorch, all
 * stored without compression under one folder: the pickled root object, the code, the constants and
 * the version.
 *
 * <p>The root object has no state of its own: its class is {@code Model} of the main source, whose
 * {@code __setstate__} makes the attributes.
 */
final class ScriptArchive {
  private static final String FOLDER = "yukiguni/";

  private ScriptArchive() {}

  /**
   * The archive of a model.
   *
   * @param main the module whose class {@code Model} is the root
   * @param sources resource paths under {@code torchscript/}; a file's name without folder and
   *     ending is its module's name
   */
  static InputStream of(String main, List<String> sources) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("data.pkl", rootObject(main));
    for (String source : sources) {
      entries.put("code/__torch__/" + moduleOf(source) + ".py", resource(source));
    }
    entries.put("constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
    entries.put("version", "10\n".getBytes(StandardCharsets.US_ASCII));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        store(zip, entry.getKey(), entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  /** Pickle protocol 2: an instance of {@code __torch__.<main>.Model} with the state 0. */
  private static byte[] rootObject(String main) {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(new byte[] {(byte) 0x80, 2});
    String global = "c__torch__." + main + "\nModel\n";
    pickle.writeBytes(global.getBytes(StandardCharsets.US_ASCII));
    // EMPTY_TUPLE, NEWOBJ, BININT1 0, BUILD, STOP
    pickle.writeBytes(new byte[] {')', (byte) 0x81, 'K', 0, 'b', '.'});
    return pickle.toByteArray();
  }

  private static String moduleOf(String source) {
    return source.substring(source.lastIndexOf('/') + 1, source.lastIndexOf('.'));
  }

  private static byte[] resource(String source) {
    try (InputStream in = ScriptArchive.class.getResourceAsStream("/torchscript/" + source)) {
      if (in == null) {
        throw new IllegalArgumentException("Cannot find the resource torchscript/" + source);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
