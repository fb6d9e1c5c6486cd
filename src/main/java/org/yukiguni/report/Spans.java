package org.yukiguni.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Spans of time that may overlap and leave gaps, such as those of a run's chunks. */
final class Spans {
  private record Span(double start, double end) {}

  private final List<Span> spans = new ArrayList<>();

  /** Adds a span, in seconds from any origin. */
  void add(double start, double end) {
    spans.add(new Span(start, end));
  }

  /** Seconds that at least one span covers. */
  double covered() {
    spans.sort(Comparator.comparingDouble(Span::start));
    double covered = 0;
    double until = Double.NEGATIVE_INFINITY;
    for (Span span : spans) {
      covered += Math.max(0, span.end - Math.max(until, span.start));
      until = Math.max(until, span.end);
    }
    return covered;
  }
}
