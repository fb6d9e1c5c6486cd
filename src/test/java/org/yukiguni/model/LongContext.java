package org.yukiguni.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Fixtures whose model takes more positions than it was made for. */
final class LongContext {
  private LongContext() {}

  /** A copy of a model's folder with a context of 2,048 positions. */
  static Path of(Path model, Path into) throws IOException {
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, into.resolve(file.getFileName().toString()));
      }
    }
    Path config = into.resolve("config.json");
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode keys = (ObjectNode) mapper.readTree(config.toFile());
    mapper.writeValue(config.toFile(), keys.put("max_position_embeddings", 2048));
    return into;
  }
}
