package org.yukiguni.spark;

import java.io.Serializable;

/**
 * A model that comes to a host at this moment.
 *
 * @param model the repository or the folder
 * @param bytes that are there
 * @param totalBytes that there will be
 */
public record Fetch(String model, long bytes, long totalBytes) implements Serializable {}
