package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the text: a job, or problems that a person can read. */
class JobFuzzTest {
  private static final int ROUNDS = 4_000;

  private static final String SEED_TEXT =
      """
      name: fuzz
      input: { format: jsonl, path: a.jsonl, id: id, keep: [a, b] }
      prompt: { template: "{a} {{}}" }
      model:
        path: m
        device: cuda:0
      generation:
        max_new_tokens: 64
        temperature: 0.8
        eos_token_id: [1, 2]
        stop: ["x", 'y']
        seed: 42
      engine: { max_sequences: auto, kv_memory: 2g }
      output: { path: o, mode: resume, token_ids: false }
      run: { chunk_rows: 10, max_error_ratio: 0.5 }
      """;

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          ",",
          "-",
          "- ",
          "\n",
          "\n  ",
          "\t",
          "'",
          "\"",
          "#",
          "&a ",
          "*a",
          "!!int ",
          "!!binary ",
          "!x ",
          "|",
          ">",
          "%",
          "@",
          "`",
          "?",
          "? ",
          "~",
          "null",
          "true",
          "0x1F",
          "017",
          "1_0",
          "1e9",
          "-1",
          "1e999",
          "1.0e+999",
          ".nan",
          "-.inf",
          "::",
          "<<: *a",
          "---",
          "...",
          "\0",
          "\ud800",
          "é",
          "雪",
          "temperature: 1",
          "n: 2",
          "name: b",
          "99999999999999999999999",
          "0b1",
          "1:30:00",
          "2001-01-01",
          "\\",
          "\ufeff");

  @Test
  void anyTextGivesAJobOrProblems() {
    Random random = new Random(20240601);
    int jobs = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String text = mutate(SEED_TEXT, random, 1 + random.nextInt(3));
      String override = mutate("generation.temperature=0.2", random, random.nextInt(3));
      jobs += isJob(text, random.nextBoolean() ? List.of() : List.of(override)) ? 1 : 0;
    }
    // Both ends must be reached, or the mutations are too weak or too strong to find anything.
    assertThat(jobs).isBetween(ROUNDS / 50, ROUNDS / 2);
  }

  private static boolean isJob(String text, List<String> overrides) {
    try {
      Job job = JobReader.parse(text, overrides);
      assertThat(job.name()).isNotEmpty();
      assertThat(JobReader.parse(job.toYaml(), List.of()).toYaml()).isEqualTo(job.toYaml());
      return true;
    } catch (InvalidJobException e) {
      assertThat(e.problems()).isNotEmpty().noneMatch(String::isBlank);
      return false;
    } catch (RuntimeException | Error e) {
      return fail("Text:\n" + text + "\nOverrides: " + overrides, e);
    }
  }

  private static String mutate(String text, Random random, int times) {
    StringBuilder mutated = new StringBuilder(text);
    for (int i = 0; i < times && mutated.length() > 1; i++) {
      int from = random.nextInt(mutated.length());
      int to = Math.min(mutated.length(), from + random.nextInt(6));
      switch (random.nextInt(4)) {
        case 0 -> mutated.delete(from, to);
        case 1 -> mutated.insert(random.nextInt(mutated.length()), mutated.substring(from, to));
        case 2 -> mutated.insert(from, PIECES.get(random.nextInt(PIECES.size())));
        default -> mutated.replace(from, to, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return mutated.toString();
  }
}
