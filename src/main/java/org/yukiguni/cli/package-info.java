/**
 * The command line: arguments become jobs, jobs become runs, problems become sentences and exit
 * codes.
 *
 * <p>Owns the commands, the Spark session, and the wiring of the other rooms. Nothing may import
 * it.
 */
package org.yukiguni.cli;
