/**
 * The program as a library: from a Spark program or spark-shell instead of from a command line.
 *
 * <p>Owns {@link org.yukiguni.api.TextGenerator} and the wiring from a job to a run that it shares
 * with the command line. It knows all rooms but {@code cli}; only {@code cli} may import it.
 */
package org.yukiguni.api;
