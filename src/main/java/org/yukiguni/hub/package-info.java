/**
 * From what a job calls its model and adapter to local folders that hold them: folders,
 * repositories of the Hugging Face hub, and folders of any file system that Hadoop can read.
 *
 * <p>Owns where models are looked for, which files make a model, how they are fetched and checked,
 * the layout of the caches on a host, and the revision by which contents are told apart. The driver
 * resolves a name once, to a {@link org.yukiguni.hub.ModelSource} that means the same bytes for
 * ever; executors turn it into a folder of their host.
 *
 * <p>May import the JDK, Jackson, {@code org.yukiguni.job} and Hadoop's {@code FileSystem} with its
 * configuration: a copy from {@code hdfs:} follows the same rules as a download (which files, one
 * per host, checked, then moved into place), so it lives beside it. It must never know Spark or
 * DJL, nor what the files mean: of contents it reads an index of shards and no more.
 */
package org.yukiguni.hub;
