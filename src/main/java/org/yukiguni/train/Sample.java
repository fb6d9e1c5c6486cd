package org.yukiguni.train;

/**
 * A row to show what was learnt.
 *
 * @param addSpecialTokens whether the tokenizer adds its own tokens to the prompt
 * @param answer the row's own
 */
record Sample(String id, String prompt, boolean addSpecialTokens, String answer) {}
