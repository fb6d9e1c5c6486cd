/**
 * The job: one YAML file becomes one immutable, checked tree of records.
 *
 * <p>Owns the names, defaults and ranges of all keys, the messages about a wrong job, and the merge
 * of generation settings (job over the model's {@code generation_config.json} over Hugging Face's
 * defaults). It may import the JDK, Jackson and {@code org.yukiguni.engine}, whose configuration it
 * resolves to. It must never know Spark, DJL or how a prompt is read: a job is checked before any
 * of them starts.
 *
 * <p>Records are bound by our own reflection and not by Jackson's data binding, because Jackson
 * stops at the first problem and a job has to be told all of them at once.
 */
package org.yukiguni.job;
