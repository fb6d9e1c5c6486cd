/**
 * What the files of a checkpoint mean: {@code config.json}, safetensors and {@code
 * pytorch_model.bin} with or without an index, LoRA adapters, and each architecture's names and
 * shapes of weights.
 *
 * <p>Owns the reading and checking of these files; whatever in them would change the mathematics
 * and is not supported is refused by name. It hands out byte buffers and knows no tensor, no Spark
 * and no tokenizer.
 */
package org.yukiguni.checkpoint;
