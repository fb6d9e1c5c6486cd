package org.yukiguni.job;

import java.io.Serializable;

/**
 * How a row becomes a prompt: the text of a column, or a template filled from columns.
 *
 * @param column whose text is the prompt, unaltered; null if a template is used
 * @param template text in which {@code {column}} stands for the row's value, and two braces for a
 *     brace; null if a column is used
 * @param addSpecialTokens whether the tokenizer adds its own tokens (BOS, EOS) to the prompt. Off
 *     unless the job says so: the prompt is then exactly what the column or template says. Hugging
 *     Face's {@code tokenizer(text)} adds them, and for T5-style tokenizers such as rinna's that
 *     appends an end-of-sequence token after which a model has nothing to say; turn it on for
 *     models that were trained to see a BOS before plain text
 */
@OneOf({"column", "template"})
public record PromptSpec(
    String column, String template, @Key(otherwise = "false") boolean addSpecialTokens)
    implements Serializable {}
