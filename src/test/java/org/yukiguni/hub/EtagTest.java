package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtagTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        // As `git hash-object` and `sha256sum` name the line "hello".
        "ce013625030ba8dba906f756967f9e9ca394464a",
        "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
      })
  void checksWhatItNames(String value) {
    byte[] hello = "hello\n".getBytes(UTF_8);
    Etag etag = Etag.parse("W/\"" + value + "\"").orElseThrow();
    MessageDigest check = etag.check(hello.length).orElseThrow();
    check.update(hello);
    assertThat(Etag.of(check)).isEqualTo(value);
  }

  @Test
  void ofAMirrorChecksNothing() {
    assertThat(Etag.parse("\"0x8DC-12\"").orElseThrow().check(1)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"\"", "../../x", "a/b", ".x", "a b", "\"a\nb\""})
  void whatCannotNameAFileIsNone(String header) {
    assertThat(Etag.parse(header)).isEmpty();
  }
}
