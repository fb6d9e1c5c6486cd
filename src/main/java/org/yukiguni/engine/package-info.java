/**
 * Which tokens run next: requests wait, sequences run, slots of the KV cache are given and taken
 * back, one step after the other until every completion has ended.
 *
 * <p>Owns the scheduler, the ledger of KV slots, the sampling parameters, the random numbers and
 * the clock. It speaks token ids only and imports nothing but the JDK; the model is behind {@link
 * org.yukiguni.engine.LanguageModel}, texts are behind {@link org.yukiguni.engine.StopCondition}.
 */
package org.yukiguni.engine;
