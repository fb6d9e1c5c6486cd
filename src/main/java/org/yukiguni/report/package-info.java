/**
 * What is read from a finished output: numbers, a screen, a page, a comparison.
 *
 * <p>Owns the questions that people ask of a run and the two places where the answers are shown, a
 * terminal and an HTML page. It is handed rows and a few facts of the run, and knows the columns of
 * the output; it must not know how the output folder is laid out, or how rows come about. Nothing
 * in the rows is trusted: prompts and completions may hold any character.
 */
package org.yukiguni.report;
