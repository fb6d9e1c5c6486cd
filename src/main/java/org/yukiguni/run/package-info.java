/**
 * A run as the driver sees it: plan, chunks, resume, summary.
 *
 * <p>Owns the layout of the output folder and everything that makes running again safe: a plan that
 * does not change, chunks that are written whole or not at all, and the choice between going on,
 * starting anew and refusing. It knows Spark and the partition functions of {@code
 * org.yukiguni.spark}; it must not know how a model computes or how a prompt is rendered.
 */
package org.yukiguni.run;
