package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.yukiguni.spark.LocalSpark;

/** What is said about an input that cannot be used, word for word. */
class PromptProblemsTest extends PromptFixture {
  @Test
  void missingPath() {
    assertThat(problems(job("/no/such.jsonl")))
        .containsExactly(
            "input.path: Cannot read /no/such.jsonl because there is no such file or folder; give"
                + " one that exists");
  }

  @Test
  void emptyInput() {
    String path = folder.resolve("empty").toString();
    LocalSpark.session().sql("select 'a' as id, 'b' as prompt where false").write().parquet(path);
    assertThat(problems(job(path, "input.format=parquet")))
        .containsExactly(
            "input.path: Cannot generate from "
                + path
                + " because it has no rows; give an input with at least one");
    assertThat(problems(job("", "input={sql: \"select 'a' as id, 'b' as prompt where 1 = 2\"}")))
        .singleElement()
        .asString()
        .startsWith("input.sql: Cannot generate from select");
    String file = write("empty.jsonl", "\n");
    assertThat(problems(job(file)))
        .containsExactly(
            "input.path: Cannot read "
                + file
                + " as jsonl because it is empty; give an input with at least one row");
    assertThat(problems(job(write("empty.csv", "id,prompt\n"), "input.format=csv")))
        .singleElement()
        .asString()
        .contains("because it has no rows");
  }

  @Test
  void nothingButBadLines() {
    String path = write("bad.jsonl", "id,prompt\n1,x\n");
    assertThat(problems(job(path)))
        .containsExactly(
            "input.path: Cannot read "
                + path
                + " as jsonl because none of its rows can be read so; correct input.format or the"
                + " input");
  }

  @Test
  void tableAndQueryThatSparkRefuses() {
    assertThat(problems(job("", "input={table: no_such_table}")))
        .singleElement()
        .asString()
        .startsWith("input.table: Cannot read no_such_table because ")
        .contains("no_such_table")
        .endsWith("; correct it");
    assertThat(problems(job("", "input={sql: selec 1}")))
        .singleElement()
        .asString()
        .startsWith("input.sql: Cannot read selec 1 because ")
        .doesNotContain("\n");
  }

  @Test
  void missingIds() {
    String path =
        write("in.jsonl", "{\"id\": null, \"prompt\": \"x\"}\n{\"id\": 1, \"prompt\": \"y\"}");
    assertThat(problems(job(path)))
        .containsExactly(
            "input.id: Cannot use column id because 1 of 2 rows have no id; fill them, or leave"
                + " input.id out to name rows by their prompts");
  }

  @Test
  void doubledIds() {
    String path =
        write(
            "in.jsonl",
            """
            {"id": "b", "prompt": "1"}
            {"id": "a", "prompt": "2"}
            {"id": "a", "prompt": "3"}
            {"id": "c", "prompt": "4"}
            {"id": "c", "prompt": "5"}
            {"id": "c", "prompt": "6"}
            """);
    assertThat(problems(job(path)))
        .containsExactly(
            "input.id: Cannot use column id because 2 ids name several rows: c (3 rows), a (2"
                + " rows); make the ids unique");
  }

  @Test
  void manyDoubledIds() {
    String lines =
        IntStream.range(0, 24)
            .mapToObj(i -> "{\"id\": " + (10 + i / 2) + ", \"prompt\": \"x\"}")
            .collect(Collectors.joining("\n"));
    assertThat(problems(job(write("in.jsonl", lines))))
        .singleElement()
        .asString()
        .startsWith("input.id: Cannot use column id because 12 ids name several rows: 10 (2 rows),")
        .endsWith("19 (2 rows) and 2 more; make the ids unique");
  }

  @Test
  void doubledPromptsWithoutIds() {
    String path =
        write("in.jsonl", "{\"prompt\": \"abc\"}\n{\"prompt\": \"abc\"}\n{\"prompt\": \"x\"}");
    assertThat(problems(job(path, "input.id=null")))
        .containsExactly(
            "input.id: Cannot name rows by their prompts because 1 prompt is there more than once:"
                + " ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad (2 rows);"
                + " add a column with unique ids to the input and name it in input.id");
  }
}
