package org.yukiguni.job;

import java.io.Serializable;

/**
 * What is told at the end of a run.
 *
 * @param html file that the run's page is written to; null for none
 * @param engineHourCost what an hour of one engine costs, in any currency; null if nobody knows
 */
public record ReportSpec(String html, @Key(min = 0) Double engineHourCost)
    implements Serializable {}
