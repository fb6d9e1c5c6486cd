package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said about a wrong job, word for word. */
class JobProblemsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Unknown keys.
        "generation.temprature=1 | generation.temprature: unknown key; did you mean temperature?",
        "generaton.seed=1        | generaton: unknown key; did you mean generation?",
        "temperature=1           | temperature: unknown key; did you mean generation.temperature?",
        "run.colour=1            | run.colour: unknown key; known are chunk_rows, max_error_ratio, max_time, max_row_time, max_step_time, max_repeats",
        "model.adaptor=x         | model.adaptor: unknown key; did you mean adapter?",
        // Wrong types.
        "generation.temperature=hot  | generation.temperature: found the text 'hot'; give a number above 0",
        "generation.top_p=[1]        | generation.top_p: found a list; give a number from 0 to 1",
        "generation.top_k=1.5        | generation.top_k: found the number 1.5; give a whole number of 0 or more",
        "generation.do_sample=1      | generation.do_sample: found the number 1; give true or false",
        "generation.eos_token_id=[1,x] | generation.eos_token_id[1]: found the text 'x'; give a whole number of 0 or more",
        "generation.stop_strings=['']  | generation.stop_strings[0]: found an empty text; give a text",
        "generation=7            | generation: found the number 7; give a group of keys",
        "generation.bad_words_ids=[1,2] | generation.bad_words_ids: found a list; give a list of lists, none of them empty, such as [[1, 2], [3]]",
        "generation.bad_words_ids=[[1],[]] | generation.bad_words_ids: found a list; give a list of lists, none of them empty, such as [[1, 2], [3]]",
        "generation.bad_words_ids=[[1,-1]] | generation.bad_words_ids[0][1]: -1 is out of range; give a whole number of 0 or more",
        "generation.suppress_tokens=[x] | generation.suppress_tokens[0]: found the text 'x'; give a whole number of 0 or more",
        "name=2024               | name: found the number 2024; give a text in quotes",
        "input.keep={a: b}       | input.keep: found a group of keys; give a text",
        "input.format=xml        | input.format: found the text 'xml'; give one of jsonl, json, csv, text, parquet, orc, openai-batch",
        "model.dtype=int4    | model.dtype: found the text 'int4'; give one of auto, float32, float16, bfloat16",
        "model.quantization=int4 | model.quantization: found the text 'int4'; give one of none, int8",
        "model.device=gpu        | model.device: found the text 'gpu'; give auto, cpu, cuda or cuda:N",
        "output.mode=true        | output.mode: found true; give one of resume, new, overwrite, fail",
        "engine.kv_memory=2x     | engine.kv_memory: found the text '2x'; give auto, a number of bytes, or a size such as 512m or 2g",
        "engine.kv_memory=0      | engine.kv_memory: found the number 0; give auto, a number of bytes, or a size such as 512m or 2g",
        "engine.max_sequences=0  | engine.max_sequences: found the number 0; give auto or a whole number of 1 or more",
        // Out of range.
        "generation.temperature=0    | generation.temperature: 0 is out of range; give a number above 0; for greedy decoding set do_sample: false",
        "generation.top_p=1.5        | generation.top_p: 1.5 is out of range; give a number from 0 to 1",
        "generation.top_k=-1         | generation.top_k: -1 is out of range; give a whole number of 0 or more; 0 turns it off",
        "generation.typical_p=0      | generation.typical_p: 0 is out of range; give a number above 0 and at most 1",
        "generation.eta_cutoff=2     | generation.eta_cutoff: 2 is out of range; give a number from 0 to 1",
        "generation.repeat_last_n=-2 | generation.repeat_last_n: -2 is out of range; give a whole number of -1 or more; 0 and -1 are all tokens",
        "generation.presence_penalty=3 | generation.presence_penalty: 3 is out of range; give a number from -2 to 2",
        "generation.n=0              | generation.num_return_sequences: 0 is out of range; give a whole number of 1 or more",
        "generation.max_new_tokens=9999999999 | generation.max_new_tokens: 9999999999 is out of range; give a whole number from 1 to 2147483647",
        "generation.seed=99999999999999999999 | generation.seed: 99999999999999999999 is out of range; give a whole number from -9223372036854775808 to 9223372036854775807",
        "run.max_error_ratio=1e1     | run.max_error_ratio: 1E+1 is out of range; give a number from 0 to 1",
        // Missing.
        "name=                   | name: missing; give a text",
        "model={}                | model.path: missing; give a text",
        "input={path: x}         | input.format: missing; give one of jsonl, json, csv, text, parquet, orc, openai-batch",
        "input={}                | input: missing path or table or sql; give one of them",
        "prompt=                 | prompt: missing column, messages or a template with {column}; give one of them",
        // Contradictions.
        "prompt.template='{a}'   | prompt: a text with {column} and a column contradict each other; keep one",
        "input.sql=select 1      | input: path and sql contradict each other; keep one of them",
        "input={table: t, format: csv} | input.format: has no effect without path; remove it",
        "generation={n: 1, num_return_sequences: 2} | generation.num_return_sequences: given as num_return_sequences and as n; keep one",
        // Not there yet.
        "generation.num_beam_groups=4  | generation.num_beam_groups: is not supported yet; remove it",
        "generation.logit_bias={3: 0.5}  | generation.logit_bias: is not supported yet; remove it",
        "model.offload_folder=f  | model.offload_folder: is not supported yet; remove it",
        "prompt={messages: m, column: c} | prompt: column and messages contradict each other; keep one of them",
        "prompt={template: chat} | prompt: missing column, messages or a template with {column}; give one of them",
        "prompt={column: c, template: rinna} | prompt.template: 'rinna' is no template; give chat, rinna-dialogue, rinna-bilingual, alpaca-ja, alpaca-en, plain, a file that ends in .jinja, or a text with {column}",
        "prompt={column: c, template: chat, input: i} | prompt.input: has no effect without an Alpaca template; remove it",
        "prompt={column: c, system: s} | prompt.system: has no effect without messages or a named template; remove it",
        "prompt={column: c, chat_template_kwargs: {a: 1}} | prompt.chat_template_kwargs: has no effect without messages or a named template; remove it",
        "prompt={column: c, chat_template_kwargs: 1} | prompt.chat_template_kwargs: found the number 1; give a group of keys",
        "prompt={column: c, add_special_tokens: 1} | prompt.add_special_tokens: found the number 1; give one of auto, true, false",
        // Overrides.
        "seed                    | --set seed: no key and value; write it as in generation.temperature=0.2",
        "=1                      | --set =1: no key and value; write it as in generation.temperature=0.2",
        "name.first=x            | --set name.first: found the text 'test'; give a group of keys",
      })
  void saysWhatToDo(String override, String problem) {
    assertThat(problemsOf(Jobs.MINIMAL, override)).containsExactly(problem);
  }

  @Test
  void tellsAllProblemsAtOnce() {
    String yaml =
        """
        nmae: x
        input: { path: a, table: b, colour: red }
        model: { path: 3 }
        generation: { temperature: 0, top_p: 2, num_beam_groups: 2 }
        """;
    InvalidJobException failure =
        catchThrowableOfType(
            InvalidJobException.class, () -> JobReader.parse(yaml, List.of("run.chunk_rows=-1")));
    assertThat(failure)
        .hasMessage(
            """
            nmae: unknown key; did you mean name?
            name: missing; give a text
            input.colour: unknown key; known are format, path, table, sql, id, generation, keep
            input: path and table contradict each other; keep one of them
            input.format: missing; give one of jsonl, json, csv, text, parquet, orc, openai-batch
            model.path: found the number 3; give a text in quotes
            generation.num_beam_groups: is not supported yet; remove it
            generation.temperature: 0 is out of range; give a number above 0; for greedy decoding set do_sample: false
            generation.top_p: 2 is out of range; give a number from 0 to 1
            output.path: missing; give a text
            run.chunk_rows: found the number -1; give auto or a whole number of 1 or more
            prompt: missing column, messages or a template with {column}; give one of them""");
    assertThat(failure.problems()).hasSize(12);
  }

  @Test
  void refusesWhatIsNotYaml() {
    assertThat(problemsOf("name: [x"))
        .singleElement()
        .asString()
        .startsWith("Cannot read the job because it is not YAML (line 1, column ")
        .endsWith("; correct the text");
    assertThat(problemsOf("name: a\nname: b"))
        .containsExactly(
            "Cannot read the job because it is not YAML (line 2, column 5: Duplicate field"
                + " 'name'); correct the text");
    assertThat(problemsOf("name: &a x\nmodel: *a"))
        .singleElement()
        .asString()
        .contains("the alias *a is not supported; write the value out");
    assertThat(problemsOf("a: 1\n---\nb: 2")).hasSize(1);
    assertThat(problemsOf("just text"))
        .containsExactly("job: found the text 'just text'; give a group of keys");
    assertThat(problemsOf(Jobs.MINIMAL, "name=[x"))
        .singleElement()
        .asString()
        .startsWith("--set name: the value is not YAML (line 1, column ")
        .endsWith("; quote it");
  }

  @Test
  void refusesAFileThatIsNotThere() {
    assertThat(
            catchThrowableOfType(
                InvalidJobException.class,
                () -> JobReader.read(Path.of("no", "job.yaml"), List.of())))
        .hasMessage(
            "Cannot read job "
                + Path.of("no", "job.yaml")
                + " because there is no such file; give the path of a job");
  }

  static List<String> problemsOf(String yaml, String... overrides) {
    return catchThrowableOfType(
            InvalidJobException.class, () -> JobReader.parse(yaml, List.of(overrides)))
        .problems();
  }
}
