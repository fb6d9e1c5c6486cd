/**
 * A training as the driver sees it: rows to learn from, their order, the optimizer's steps, and
 * what they leave behind.
 *
 * <p>Owns AdamW, the schedule of the learning rate, the layout of the output folder and everything
 * that makes going on after a crash exact. It may import Spark, the job, the prompts' room for
 * reading datasets, the tokenizer, the checkpoint's adapters and {@code org.yukiguni.spark}, which
 * computes gradients on executors. It must not know how a model computes.
 */
package org.yukiguni.train;
