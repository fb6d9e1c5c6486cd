/**
 * From a dataset to prompts: rows with an id, a text and the columns to keep.
 *
 * <p>Owns how input formats are read, how a row becomes a prompt and which inputs are refused
 * before anything is generated. It may import Spark, {@code org.yukiguni.job}, the language of
 * templates and the record of what a model's folder says about prompts. It must never know token
 * ids or what happens to a prompt afterwards: a row without a prompt is passed on and becomes an
 * error row later.
 */
package org.yukiguni.prompt;
