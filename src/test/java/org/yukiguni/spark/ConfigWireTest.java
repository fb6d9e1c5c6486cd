package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.EarlyStopping;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Sampling;

class ConfigWireTest {
  @Test
  void aConfigArrivesAsItWasSent() throws IOException, ClassNotFoundException {
    GenerationConfig config =
        new GenerationConfig(
            new Sampling(true, 0.1, 2, 0.3, 0.4, 0.5, 0.6, 0.7),
            new Penalties(1.1, 12, 1.3, 1.4),
            new Constraints(
                21,
                List.of(List.of(22), List.of(23, 24)),
                List.of(25),
                List.of(26, 27),
                OptionalInt.of(28),
                List.of(29, 30)),
            OptionalInt.of(31),
            OptionalInt.empty(),
            32,
            33,
            34,
            35,
            List.of(36),
            List.of("stop"),
            Beams.NONE);
    assertThat(sent(config)).isEqualTo(config);
    GenerationConfig plain =
        new GenerationConfig(
            Sampling.GREEDY,
            Penalties.NONE,
            Constraints.NONE,
            OptionalInt.empty(),
            OptionalInt.of(9),
            0,
            0,
            1,
            0,
            List.of(),
            List.of(),
            Beams.NONE);
    assertThat(sent(plain)).isEqualTo(plain);
    GenerationConfig search =
        new GenerationConfig(
            Sampling.GREEDY,
            Penalties.NONE,
            Constraints.NONE,
            OptionalInt.empty(),
            OptionalInt.empty(),
            0,
            0,
            2,
            0,
            List.of(),
            List.of(),
            new Beams(3, -0.4, EarlyStopping.NEVER));
    assertThat(sent(search)).isEqualTo(search);
  }

  private static GenerationConfig sent(GenerationConfig config)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(ConfigWire.of(config));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return ((ConfigWire) in.readObject()).config();
    }
  }
}
