package org.yukiguni.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Everything that a training's job file says, checked. Input, prompt and model are those of a
 * generation job, so that a prompt is trained as it is generated from.
 *
 * @param name names the training in logs
 * @param input where the rows come from
 * @param prompt how a row becomes a prompt
 * @param model which model; with an adapter, that adapter is trained further
 * @param lora what of it is trained
 * @param train how
 * @param output where the adapter goes
 */
public record TrainJob(
    @Key(presence = Key.Presence.REQUIRED) String name,
    @Key(otherwise = "{}") InputSpec input,
    @Key(otherwise = "{}") PromptSpec prompt,
    @Key(otherwise = "{}") ModelSpec model,
    @Key(otherwise = "{}") LoraSpec lora,
    @Key(otherwise = "{}") TrainSpec train,
    @Key(otherwise = "{}") TrainOutputSpec output)
    implements PromptInput {

  /** The column that holds what is learnt: answers, or whole conversations. */
  public String learntColumn() {
    return train.answer() == null ? prompt.messages() : train.answer();
  }

  /** The same with an input that keeps what is learnt beside the prompts. */
  public TrainJob withAnswers() {
    InputSpec kept =
        new InputSpec(
            input.format(),
            input.path(),
            input.table(),
            input.sql(),
            input.id(),
            null,
            List.of(learntColumn()));
    return new TrainJob(name, kept, prompt, model, lora, train, output);
  }

  /** The whole job as YAML, defaults included and secrets hidden, always in the same order. */
  public String toYaml() {
    ObjectNode tree = JobTree.of(this);
    Redaction.apply(tree);
    return Yaml.write(tree);
  }

  /** What decides about the trained matrices, as the job says it; a text to compare. */
  public String fingerprint() {
    ObjectNode tree = JobTree.of(this).retain("prompt", "model", "lora", "train");
    tree.withObjectProperty("train").remove("samples");
    return tree.toString();
  }
}
