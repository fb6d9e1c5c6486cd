/**
 * How fast the engine is on this machine: checkpoints of true shapes with random weights, timed
 * runs, and how near they come to what the machine's memory and arithmetic allow.
 *
 * <p>May import engine, model and checkpoint. It knows no Spark and no text.
 */
package org.yukiguni.bench;
