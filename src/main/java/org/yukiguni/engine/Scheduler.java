package org.yukiguni.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what the next step carries. A request waits, is prefilled chunk by chunk, and its
 * completions, whose first tokens come from the last chunk, then wait for a slot and decode one
 * token a step until they end.
 *
 * <p>Prompts are cut on a fixed grid of positions and a chunk is never cut shorter because others
 * need the step, so the arithmetic of a row is a function of the row alone.
 */
final class Scheduler {
  /** Prompt tokens of one chunk. */
  static final int PREFILL_CHUNK = 256;

  private final EngineLimits limits;
  private final ModelLimits model;
  private final StepLimits now;
  private final KvLedger ledger;
  private final Prefixes prefixes;

  private final Deque<ActiveRequest> waiting = new ArrayDeque<>();
  private final Suspects suspects = new Suspects();
  private final Deque<ActiveRequest> prefilling = new ArrayDeque<>();

  /** Requests whose first tokens are drawn in a step that is not finished. */
  private final List<ActiveRequest> drawing = new ArrayList<>();

  /** Requests that have computed a beginning for others in the step before. */
  private final List<ActiveRequest> supplying = new ArrayList<>();

  private final Deque<CacheUser> ready = new ArrayDeque<>();
  private final List<BeamGroup> searching = new ArrayList<>();

  /** Rows in use: one for each sequence that decodes, num_beams for each beam search. */
  private int running;

  /** Sequences of the largest step that lacked memory, until it is clear whose fault that was. */
  private int tooMany;

  Scheduler(EngineLimits limits, ModelLimits model) {
    this.limits = limits;
    this.model = model;
    this.now = new StepLimits(limits);
    // A copy is made of whole chunks, whose arithmetic is the same whoever computes them.
    this.prefixes = new Prefixes(model.sharesPrompts() ? 1 : PREFILL_CHUNK);
    this.ledger = new KvLedger(model.contextLength(), limits.kvBytes() / model.kvBytesPerToken());
  }

  /**
   * Queues a request.
   *
   * @return why it can never run, or null
   */
  String add(ActiveRequest request) {
    request.makeSequences(model);
    if (!ledger.canEverFit(request)) {
      return "Cannot generate for a prompt of "
          + request.promptLength()
          + " tokens because its keys and values do not fit into the "
          + limits.kvBytes() / (1 << 20)
          + " MiB of KV memory; raise engine.kv_memory or lower "
          + (request.beams.isPresent() ? "num_beams or max_new_tokens" : "max_new_tokens");
    }
    waiting.add(request);
    return null;
  }

  boolean isIdle() {
    return waiting.isEmpty() && suspects.size() == 0 && !hasStarted();
  }

  private boolean hasStarted() {
    return !prefilling.isEmpty() || !ready.isEmpty() || running > 0;
  }

  int running() {
    return running;
  }

  int waiting() {
    return waiting.size() + suspects.size();
  }

  long kvTokens() {
    return ledger.allocatedTokens();
  }

  /** The next step; there must be something to do, and nothing under way. */
  Plan schedule() {
    followSuspects();
    return plan()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "nothing can run: "
                        + running
                        + " running, "
                        + ready.size()
                        + " ready, "
                        + waiting.size()
                        + " waiting"));
  }

  /**
   * The step behind one that is under way, as if no completion ended with it: one that does is
   * carried on for a step that nobody looks at.
   *
   * @return empty if there is nothing to carry, or if it cannot be known before the other is done
   */
  Optional<Plan> scheduleBehind(Plan current) {
    if (!suspects.isEmpty() || !current.searched().isEmpty()) {
      return Optional.empty();
    }
    for (Sequence s : current.sampled()) {
      if (!s.isOver && s.numTokens() + 1 == s.maxNewTokens) {
        end(s);
        s.hasLeft = true;
      }
    }
    return plan();
  }

  private Optional<Plan> plan() {
    supplying.forEach(ledger::supply);
    supplying.clear();
    ledger.growFull();
    searching.forEach(ledger::follow);
    while (!ready.isEmpty() && hasRows(ready.peek()) && ledger.fits(ready.peek())) {
      start(ready.remove());
    }
    ledger.compact();
    Plan plan = new Plan();
    for (KvPool pool : ledger.pools()) {
      plan.decode(pool);
    }
    searching.forEach(plan::decode);
    int room = Math.max(PREFILL_CHUNK, now.maxStepTokens() - running);
    for (ActiveRequest request : List.copyOf(prefilling)) {
      room -= prefill(request, plan, room);
    }
    while (room > 0 && admitsNext()) {
      ActiveRequest request = queue().remove();
      ledger.takePrompt(request);
      prefilling.add(request);
      int length = prefill(request, plan, room);
      if (length == 0) {
        break;
      }
      room -= length;
    }
    return plan.isEmpty() ? Optional.empty() : Optional.of(plan.close(ledger.takeOps()));
  }

  /** Whether a step has enough rows left; beams that are more than a step may have run alone. */
  private boolean hasRows(CacheUser user) {
    return running == 0 || running + user.numRows() <= now.maxSequences();
  }

  private void start(CacheUser user) {
    ledger.fork(user);
    running += user.numRows();
    if (user instanceof BeamGroup group) {
      searching.add(group);
    }
  }

  /** Puts the request's next chunk into the step if it fits; returns its length. */
  private int prefill(ActiveRequest request, Plan plan, int room) {
    int start = request.prefilled;
    int shared = request.prefixLength();
    int end = start < shared ? shared : request.promptLength();
    int length = Math.min(PREFILL_CHUNK, end - start);
    if (length > room) {
      return 0;
    }
    request.prefilled += length;
    noteSupplied(request);
    plan.prefill(request, start, length);
    if (request.prefilled == request.promptLength()) {
      prefilling.remove(request);
      drawing.add(request);
      plan.sampleFirst(request);
    }
    return length;
  }

  /** A beginning that is read in place can be read in this step, a copy be made before the next. */
  private void noteSupplied(ActiveRequest request) {
    boolean isSupplied =
        request
            .prefix
            .filter(p -> p.supplier == request && request.prefilled >= p.length())
            .isPresent();
    if (isSupplied && request.readsPrefix) {
      ledger.supply(request);
    } else if (isSupplied) {
      supplying.add(request);
    }
  }

  private Deque<ActiveRequest> queue() {
    return suspects.isEmpty() ? waiting : suspects.queue();
  }

  private boolean admitsNext() {
    ActiveRequest next = queue().peek();
    if (next == null) {
      return false;
    }
    int ahead = running;
    List<ActiveRequest> holding = new ArrayList<>(prefilling);
    holding.addAll(drawing);
    for (ActiveRequest request : holding) {
      ahead += request.request.config().sequencesPerPrompt();
    }
    for (CacheUser user : ready) {
      ahead += user.numRows();
      holding.add(user.request());
    }
    if (ahead >= now.maxSequences()) {
      return false;
    }
    choosePrefix(next);
    return next.prefix.filter(prefix -> prefix.supplier != null).isEmpty()
        && ledger.fitsPrompt(next, holding);
  }

  /** Looks for a beginning that a request may share with others. */
  private void choosePrefix(ActiveRequest request) {
    // Beams cannot read in place, and there is no copy where the others do.
    boolean canShare = request.readsPrefix == model.sharesPrompts();
    request.prefix = canShare ? prefixes.of(request, waiting) : Optional.empty();
    if (!ledger.canEverFit(request)) {
      request.prefix = Optional.empty();
    }
  }

  /** Takes a sequence, or beams, whose first token is drawn and which go on. */
  void makeReady(CacheUser user) {
    ready.add(user);
  }

  /** Takes back what an ended sequence or search holds, if it is not done. */
  void end(CacheUser user) {
    if (user instanceof Sequence s && s.hasLeft) {
      return;
    }
    if (user.isPlaced()) {
      ledger.remove(user);
      running -= user.numRows();
    } else {
      ledger.drop(user);
    }
    if (user instanceof BeamGroup group) {
      searching.remove(group);
    }
  }

  /** Tells that a step's results have been dealt with. */
  void finish(Plan plan) {
    drawing.removeAll(plan.drawing());
  }

  /**
   * Drops all that was started, after a failed step, and returns it.
   *
   * @param failed the step; null if there was none
   */
  List<Sequence> abandonStarted(Plan failed) {
    Set<Sequence> started = new LinkedHashSet<>();
    for (KvPool pool : ledger.pools()) {
      started.addAll(pool.snapshot());
    }
    searching.forEach(group -> started.addAll(group.request().sequences));
    for (CacheUser user : ready) {
      started.addAll(user instanceof Sequence s ? List.of(s) : user.request().sequences);
    }
    prefilling.forEach(request -> started.addAll(request.sequences));
    drawing.forEach(request -> started.addAll(request.sequences));
    if (failed != null) {
      // Some may have given up their room already.
      started.addAll(failed.sampled());
    }
    started.removeIf(s -> s.isOver);
    prefilling.clear();
    drawing.clear();
    ready.clear();
    searching.clear();
    running = 0;
    supplying.clear();
    prefixes.clear();
    ledger.reset();
    return List.copyOf(started);
  }

  /**
   * Queues again, before all others, what a failed step took with it. It gives the same tokens as
   * if nothing had happened.
   *
   * @param started from {@link #abandonStarted}
   * @return false if there was nothing beside it that could be blamed; nothing is queued then
   */
  boolean retry(List<Sequence> started, boolean isOutOfMemory) {
    Map<ActiveRequest, List<Sequence>> requests = new LinkedHashMap<>();
    started.forEach(s -> requests.computeIfAbsent(s.request, unused -> new ArrayList<>()).add(s));
    if (requests.size() == 1 && (started.size() == 1 || now.maxSequences() == 1)) {
      // It is the row that is too large, not the step.
      tooMany = 0;
      return false;
    }
    if (isOutOfMemory) {
      tooMany = Math.max(tooMany, started.size());
    }
    if (requests.size() == 1) {
      now.halve(started.size());
    }
    requests.forEach((request, unfinished) -> request.restart(unfinished, model));
    suspects.halve(List.copyOf(requests.keySet()));
    return true;
  }

  /** Goes on to the next suspects when those before have ended, and at last back to normal. */
  private void followSuspects() {
    while (!suspects.isEmpty() && suspects.queue().isEmpty() && !hasStarted()) {
      suspects.next();
      if (suspects.isEmpty()) {
        now.restore();
        if (tooMany > 0) {
          now.lower(tooMany);
          tooMany = 0;
        }
      }
    }
  }

  /** Drops what waits, and returns it. */
  List<ActiveRequest> abandonWaiting() {
    List<ActiveRequest> dropped = suspects.abandon();
    dropped.addAll(waiting);
    waiting.clear();
    return dropped;
  }
}
