package org.yukiguni.engine;

import java.util.List;
import java.util.Optional;

/** What the results of a step mean for the completions: another token, or the end. */
final class Results {
  private final Scheduler scheduler;
  private final Clock clock;

  Results(Scheduler scheduler, Clock clock) {
    this.scheduler = scheduler;
    this.clock = clock;
  }

  /**
   * Gives the sequences their tokens, so that the next step can start; {@link #settle} does the
   * rest.
   *
   * @return how many tokens were of use: of completions that had not ended
   */
  int append(Plan plan, StepResult result) {
    List<Sequence> sampled = plan.sampled();
    long now = clock.nanos();
    int appended = 0;
    for (int i = 0; i < sampled.size(); i++) {
      Sequence s = sampled.get(i);
      if (!s.isOver && result.tokens()[i] >= 0) {
        s.firstTokenNanos = s.numTokens() == 0 ? now : s.firstTokenNanos;
        s.append(result.tokens()[i], new TokenLogprobs(result.logprobs()[i], result.tops().get(i)));
        appended++;
      }
    }
    return appended;
  }

  /** Ends the completions that are complete, and goes on with the others. */
  void settle(Plan plan, StepResult result) {
    List<Sequence> sampled = plan.sampled();
    for (int i = 0; i < sampled.size(); i++) {
      if (!sampled.get(i).isOver) {
        settle(sampled.get(i), result.tokens()[i]);
      }
    }
    int beam = 0;
    for (BeamGroup group : plan.searched()) {
      int end = beam + group.search.running().size();
      settle(group, result.beams().subList(beam, end));
      beam = end;
    }
    scheduler.finish(plan);
  }

  private void settle(Sequence s, int token) {
    if (token < 0) {
      scheduler.end(s);
      failDraw(s, s.numTokens());
      return;
    }
    Optional<String> stopReason = stopReason(s, token);
    if (stopReason.isPresent()) {
      scheduler.end(s);
      s.request.complete(s, FinishReason.STOP, stopReason, clock);
    } else if (s.numTokens() == s.maxNewTokens) {
      scheduler.end(s);
      s.request.complete(s, FinishReason.LENGTH, stopReason, clock);
    } else if (s.numTokens() == 1) {
      scheduler.makeReady(s);
    }
  }

  private static Optional<String> stopReason(Sequence s, int token) {
    Optional<String> eos = s.request.eosReason(token);
    return eos.isPresent() ? eos : s.stop.flatMap(stop -> stop.accept(token));
  }

  private void failDraw(Sequence s, int index) {
    s.request.fail(
        s,
        ErrorCode.NAN_LOGITS,
        "Cannot draw token "
            + index
            + " because the model's logits are not numbers; check the checkpoint and the dtype",
        clock);
  }

  private void settle(BeamGroup group, List<BeamCandidates> candidates) {
    ActiveRequest request = group.request();
    int index = group.search.running().get(0).length();
    if (index == 0) {
      long now = clock.nanos();
      request.sequences.forEach(s -> s.firstTokenNanos = now);
    }
    if (!group.advance(candidates)) {
      scheduler.end(group);
      request.sequences.forEach(s -> failDraw(s, index));
    } else if (group.search.isDone()) {
      scheduler.end(group);
      request.sequences.forEach(s -> complete(s, group.search.finished()));
    } else if (index == 0) {
      scheduler.makeReady(group);
    }
  }

  private void complete(Sequence s, List<BeamSearch.Finished> best) {
    if (s.index >= best.size()) {
      s.request.fail(
          s,
          ErrorCode.NO_COMPLETION,
          "Cannot give completion "
              + s.index
              + " because the beam search found "
              + best.size()
              + "; allow more tokens or ask for fewer completions",
          clock);
      return;
    }
    BeamSearch.Finished finished = best.get(s.index);
    finished.beam().appendTo(s);
    FinishReason reason =
        finished.stopReason().isPresent() ? FinishReason.STOP : FinishReason.LENGTH;
    s.request.complete(s, reason, finished.stopReason(), clock);
  }
}
