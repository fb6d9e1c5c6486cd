/**
 * Tensors at run time: a checkpoint's weights in the script of its architecture, the blocks of the
 * KV cache, and the tensors of a step. It implements the engine's port {@link
 * org.yukiguni.engine.LanguageModel}. {@link org.yukiguni.model.TrainingModel} gives the gradients
 * of adapters through the same scripts.
 *
 * <p>May import engine (the port's records), checkpoint, script and DJL. It never decides which
 * tokens run, and knows no text and no Spark.
 */
package org.yukiguni.model;
