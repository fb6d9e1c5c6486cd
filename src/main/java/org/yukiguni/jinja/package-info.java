/**
 * Jinja as the chat templates of Hugging Face models use it.
 *
 * <p>Owns the language: lexer, parser, values and their Python behaviour, in the environment of
 * transformers ({@code trim_blocks}, {@code lstrip_blocks}, loop controls, {@code raise_exception},
 * {@code strftime_now}, its own {@code tojson}). It imports only the JDK. It must never know what a
 * model, a prompt or a file is.
 *
 * <p>A template comes with a model from anywhere, so it is a program of a stranger. It sees only
 * the values it is given (texts, numbers, lists, maps) and the methods listed here by name, no Java
 * object; it cannot change what it is given; and {@link org.yukiguni.jinja.Budget} bounds its time,
 * its memory and its depth by counting, so that a row's fate does not depend on the machine.
 *
 * <p>Known differences from jinja2: tuples are lists and are written as such, integers have 64
 * bits, {@code include}, {@code import} and {@code extends} are refused.
 *
 * <p>It is written here because no library of the JVM does it: jinjava 2.8.4 renders 290 of our 348
 * reference cases (no negative slice steps, no abort by an exception) and brings 27 jars.
 */
package org.yukiguni.jinja;
