package org.yukiguni.model;

import java.io.Serializable;

/**
 * What a few rows say about the parameters.
 *
 * @param gradient of the scaled sum of the rows' losses, in the order of the adapter's layout;
 *     empty if only the losses were asked for
 * @param losses of each row: the sum of its targets' negative log-probabilities
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; millions of elements.
public record Gradients(float[] gradient, double[] losses) implements Serializable {}
