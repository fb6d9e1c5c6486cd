/**
 * From what a job calls its model and adapter to local folders that hold them.
 *
 * <p>Owns where models are looked for, which files make a model's folder and the revision by which
 * a folder's contents are told apart. It may import the JDK and {@code org.yukiguni.job}. It must
 * never know Spark or DJL, nor what the files mean: it looks at names, sizes and bytes only.
 */
package org.yukiguni.hub;
