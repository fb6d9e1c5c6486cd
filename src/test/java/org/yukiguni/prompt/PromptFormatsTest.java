package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.Job;

/** Every format gives the same prompts, unaltered. */
class PromptFormatsTest extends PromptFixture {
  private static final List<String> EXPECTED = List.of("a| 雪の夜に、 ", "b|two\nlines", "c|null", "d|");

  private static final String LINES =
      """
      {"id": "a", "prompt": " 雪の夜に、 "}
      {"id": "b", "prompt": "two\\nlines"}
      {"id": "c", "prompt": null}
      {"id": "d", "prompt": ""}
      """;

  private Job lines;

  @BeforeEach
  void writeLines() {
    lines = job(write("in.jsonl", LINES));
  }

  @Test
  void jsonl() {
    assertThat(read(lines)).isEqualTo(EXPECTED);
    assertThat(prompts(lines).columns()).startsWith("id", "prompt").hasSize(6);
  }

  @Test
  void json() {
    String array = "[" + LINES.strip().replace("}\n{", "},\n\n{") + "]";
    assertThat(read(job(write("in.json", array), "input.format=json"))).isEqualTo(EXPECTED);
  }

  @Test
  void csv() {
    String path =
        write("in.csv", "prompt,id\n\" 雪の夜に、 \",a\n\"two\nlines\",b\n,c\n\"\",d\n\"q\"\"\\\",e\n");
    assertThat(read(job(path, "input.format=csv")))
        .containsAll(EXPECTED)
        .contains("e|q\"\\")
        .hasSize(5);
  }

  @Test
  void text() {
    String path = write("in.txt", " first \nsecond\n");
    assertThat(read(job(path, "input={format: text, path: '" + path + "'}", "prompt.column=value")))
        .extracting(row -> row.substring(row.indexOf('|') + 1))
        .containsExactlyInAnyOrder(" first ", "second");
  }

  @Test
  void parquetAndOrc() {
    String path = folder.resolve("columnar").toString();
    prompts(lines).write().parquet(path + "-parquet");
    prompts(lines).write().orc(path + "-orc");
    assertThat(read(job(path + "-parquet", "input.format=parquet"))).isEqualTo(EXPECTED);
    assertThat(read(job(path + "-orc", "input.format=orc"))).isEqualTo(EXPECTED);
  }

  @Test
  void tableAndSql() {
    prompts(lines).createOrReplaceTempView("prompts_of_test");
    assertThat(read(job("", "input={table: prompts_of_test, id: id}"))).isEqualTo(EXPECTED);
    String query = "select id, prompt from prompts_of_test where id < ''c''";
    assertThat(read(job("", "input={sql: '" + query + "', id: id}")))
        .isEqualTo(EXPECTED.subList(0, 2));
  }

  @Test
  void folderOfFiles() {
    write("more.jsonl", "{\"id\": \"e\", \"prompt\": \"x\"}\n");
    assertThat(read(job(folder + "/*.jsonl"))).hasSize(5);
  }

  @Test
  void badJsonLinesStayRowsWithoutPrompt() {
    String path =
        write("bad.jsonl", LINES + "{\"id\": \"x\", \"pro\n{\"id\": \"x\", \"pro\nnonsense\n\n");
    List<String> rows = read(job(path, "input.keep=[]"));
    assertThat(rows).containsAll(EXPECTED).hasSize(EXPECTED.size() + 3);
    List<String> bad = rows.stream().filter(row -> row.startsWith("corrupt-")).toList();
    assertThat(bad).doesNotHaveDuplicates().hasSize(3);
    assertThat(bad).allMatch(row -> row.matches("corrupt-[0-9a-f]{64}-[12]\\|null"));
    assertThat(read(job(path))).as("the same ids when read again").isEqualTo(rows);
  }

  @Test
  void csvRowsOfTheWrongWidthStayRowsWithoutPrompt() {
    String path = write("bad.csv", "id,prompt,n\na,x,1\nb,y\nc,z,3,4\n");
    List<String> rows = read(job(path, "input.format=csv", "input.keep=n"));
    assertThat(rows).hasSize(3).contains("a|x|1");
    assertThat(rows)
        .filteredOn(row -> row.startsWith("corrupt-"))
        .hasSize(2)
        .allMatch(row -> row.endsWith("|null|null"));
  }
}
