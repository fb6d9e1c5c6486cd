/**
 * Text to token ids and back: tokenizer.json, SentencePiece models, incremental decoding and stop
 * strings.
 *
 * <p>Owns the meaning of tokenizer.json, spiece.model, tokenizer.model, tokenizer_config.json and
 * the files beside them. The measure is what Hugging Face transformers gives for the same folder;
 * for SentencePiece folders that is its slow tokenizers, which cut the text at special tokens and
 * give every fragment to the sentencepiece library.
 *
 * <p>May import the JDK, Jackson, protobuf's {@code CodedInputStream}, {@link
 * org.yukiguni.engine.StopCondition}, and {@code ai.djl} in {@link
 * org.yukiguni.tokenizer.JsonTokenizer} alone. Must never know Spark, tensors, jobs or what the
 * text of a chat template means.
 *
 * <p>SentencePiece models are segmented in Java and not through a converted tokenizer.json. That is
 * no duplication to be removed: a converted file changes the ids of most texts for the rinna
 * models, since tokenizers normalises by graphemes and finds control pieces inside the text.
 */
package org.yukiguni.tokenizer;
