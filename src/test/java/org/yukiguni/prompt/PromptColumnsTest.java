package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.Job;

/** How columns become ids, prompts and kept columns. */
class PromptColumnsTest extends PromptFixture {
  private static final String LINES =
      """
      {"id": 1, "prompt": "x", "a.b": "p", "tags": ["t", "u"], "n": 1.5, "blob": {"k": 1}}
      {"id": 2, "prompt": "y", "a.b": null, "tags": null, "n": null, "blob": null}
      """;

  @Test
  void idsMayBeNumbers() {
    Job job = job(write("in.jsonl", LINES));
    assertThat(read(job)).containsExactly("1|x", "2|y");
    assertThat(prompts(job).schema().apply("id").dataType()).isEqualTo(DataTypes.StringType);
  }

  @Test
  void keptColumnsKeepTheirTypes() {
    Job job = job(write("in.jsonl", LINES), "input.keep=[tags, a.b, n]");
    assertThat(prompts(job).columns())
        .containsExactly(
            "id",
            "prompt",
            "__generation",
            "__add_special_tokens",
            "__error_code",
            "__error_message",
            "tags",
            "a.b",
            "n");
    assertThat(prompts(job).schema().apply("n").dataType()).isEqualTo(DataTypes.DoubleType);
    assertThat(prompts(job).orderBy("id").collectAsList().get(0).getList(6))
        .isEqualTo(List.of("t", "u"));
  }

  @Test
  void withoutIdTheHashOfThePromptNamesTheRow() {
    Job job = job(write("in.jsonl", "{\"prompt\": \"abc\"}\n{\"prompt\": null}"), "input.id=null");
    assertThat(read(job))
        .containsExactly(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad|abc",
            "null-prompt|null");
  }

  @Test
  void templatesAreFilledAndANullValueGivesNoPrompt() {
    assertThat(read(template("'{{{a.b}}}: {n} {{}}\\n'")))
        .containsExactly("1|{p}: 1.5 {}\\n", "2|null");
    assertThat(read(template("\"{prompt}\\n{prompt}\""))).containsExactly("1|x\nx", "2|y\ny");
  }

  @Test
  void namesEveryColumnThatIsNotThere() {
    Job job =
        job(write("in.jsonl", LINES), "input.id=idd", "input.keep=[tag]", "prompt.column=promt");
    assertThat(problems(job))
        .containsExactly(
            "prompt.column: Cannot use column promt because the input has no such column; it has"
                + " prompt, blob, a.b, id, n, tags",
            "input.id: Cannot use column idd because the input has no such column; it has"
                + " id, a.b, n, blob, tags, prompt",
            "input.keep: Cannot use column tag because the input has no such column; it has"
                + " tags, a.b, id, n, blob, prompt");
    assertThat(problems(template("'{x}'")))
        .singleElement()
        .asString()
        .startsWith("prompt.template: Cannot use column x");
  }

  @Test
  void generationSettingsOfRowsAreTextsInJson() {
    String path =
        write(
            "in.jsonl",
            "{\"id\": 1, \"prompt\": \"x\", \"g\": {\"top_k\": 3, \"seed\": null}, \"t\": \"{}\","
                + " \"l\": [1]}");
    assertThat(generation(job(path, "input.generation=g"))).isEqualTo("{\"top_k\":3}");
    assertThat(generation(job(path, "input.generation=t"))).isEqualTo("{}");
    assertThat(generation(job(path))).isNull();
    assertThat(problems(job(path, "input.generation=l")))
        .singleElement()
        .asString()
        .startsWith("input.generation: Cannot use column l because its type array<bigint>");
  }

  private static String generation(Job job) {
    return prompts(job).collectAsList().get(0).getAs("__generation");
  }

  @Test
  void refusesColumnsThatAreNoText() {
    assertThat(problems(job(write("in.jsonl", LINES), "input.id=blob", "prompt.column=tags")))
        .containsExactly(
            "prompt.column: Cannot use column tags because its type array<string> is no text;"
                + " choose a column of texts or numbers",
            "input.id: Cannot use column blob because its type struct<k:bigint> is no text; choose"
                + " a column of texts or numbers");
  }

  @Test
  void refusesColumnsThatAreThereTwice() {
    assertThat(
            problems(
                job(
                    "",
                    "input={sql: 'select 1 as id, 2 as a, 3 as A', id: id}",
                    "prompt.column=a")))
        .containsExactly(
            "prompt.column: Cannot use column a because the input has several of that name;"
                + " rename all but one");
  }

  private Job template(String template) {
    return job(write("in.jsonl", LINES), "prompt={template: " + template + "}");
  }
}
