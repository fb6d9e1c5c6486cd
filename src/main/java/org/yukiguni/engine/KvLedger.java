package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Who owns which part of the KV cache. Holds no tensor; what it decides goes to the model as the
 * {@link Step.CacheOp}s of a step.
 *
 * <p>A decoding sequence lives in the pool of the smallest capacity that holds it and moves to the
 * next one when it outgrows it; capacities double, so at most half of the memory read for it is
 * padding. A prompt has a block of its own from which its completions are copied, or which they
 * read as long as they run, if the model can do that; then a beginning that prompts have in common
 * has one, too, which is kept until its room is needed. The beams of a request have a block of
 * their own, too, of the length that they can come to.
 *
 * <p>Why these lengths: attention gives a row the same bits at all padded key lengths that are
 * multiples of 16 up to 192 (measured on libtorch 2.7.1), and at all multiples of the 256 keys that
 * {@code score.py} multiplies at once. With other lengths a row's tokens would depend on its
 * neighbours.
 */
final class KvLedger {
  static final int SHORT_CAPACITY = 192;
  static final int SHORT_GRID = 16;
  static final int LONG_GRID = 256;
  private static final int SECOND_CAPACITY = 512;
  private static final int MAX_ROWS_PER_BLOCK = 16;

  /** A block may take this share of the memory at most, unless one row takes more. */
  private static final int MIN_BLOCKS = 16;

  private final List<KvPool> pools = new ArrayList<>();
  private final long budgetTokens;
  private final KvBlocks blocks;
  private final int[] holders;

  /** Those that are in the cache, whether they are read or not. */
  private final List<SharedPrefix> prefixes = new ArrayList<>();

  /** Of all prompts, and of the beginnings that somebody reads. */
  private long promptTokens;

  private long beamTokens;

  KvLedger(int contextLength, long budgetTokens) {
    this.budgetTokens = budgetTokens;
    this.blocks = new KvBlocks(budgetTokens);
    capacities(contextLength).forEach(this::addPool);
    holders = new int[pools.size()];
  }

  /** Positions per slot of each pool, rising; the last holds the context. */
  private static List<Integer> capacities(int contextLength) {
    List<Integer> capacities = new ArrayList<>();
    int capacity = Math.min(SHORT_CAPACITY, roundUp(contextLength, SHORT_GRID));
    capacities.add(capacity);
    while (capacity < contextLength) {
      capacity =
          capacity < SECOND_CAPACITY
              ? SECOND_CAPACITY
              : Math.min(2 * capacity, roundUp(contextLength, LONG_GRID));
      capacities.add(capacity);
    }
    return capacities;
  }

  /**
   * Positions that are enough for any one request, whatever its prompt: its prompt block, and a
   * slot in each pool that a sequence can pass through.
   */
  static long positionsOfOne(int contextLength) {
    return keyLength(contextLength)
        + capacities(contextLength).stream().mapToLong(Integer::longValue).sum();
  }

  private void addPool(int capacity) {
    long rows = budgetTokens / ((long) MIN_BLOCKS * capacity);
    pools.add(
        new KvPool(pools.size(), capacity, (int) Math.max(1, Math.min(MAX_ROWS_PER_BLOCK, rows))));
  }

  List<KvPool> pools() {
    return pools;
  }

  long allocatedTokens() {
    return blocks.allocatedTokens();
  }

  /**
   * Length of the keys that a sequence of this many positions attends to; see the class comment.
   */
  static int keyLength(int positions) {
    return roundUp(positions, positions <= SHORT_CAPACITY ? SHORT_GRID : LONG_GRID);
  }

  /**
   * Whether a prompt can be taken in such that each of the waiting ones, and it, can still have a
   * completion, or its beams, run when the others are done.
   */
  boolean fitsPrompt(ActiveRequest request, Collection<ActiveRequest> waiting) {
    long largest = tokensOfOne(request);
    for (ActiveRequest other : waiting) {
      largest = Math.max(largest, tokensOfOne(other));
    }
    long running = Math.max(worstCase(-1, -1) + beamTokens, largest);
    long prompt = promptCapacity(request);
    prompt += request.readPrefix().filter(p -> p.users == 0).map(SharedPrefix::capacity).orElse(0);
    return promptTokens + prompt + running <= budgetTokens;
  }

  /** Whether the request could run if it were alone. */
  boolean canEverFit(ActiveRequest request) {
    int prefix = request.readPrefix().map(SharedPrefix::capacity).orElse(0);
    return prefix + promptCapacity(request) + tokensOfOne(request) <= budgetTokens;
  }

  /** Positions for what the prompt does not share. */
  private static int promptCapacity(ActiveRequest request) {
    return keyLength(request.promptLength() - request.prefixLength());
  }

  /**
   * Makes the blocks in which a prompt is prefilled. If the beginning that it shares is there, the
   * request begins behind that; else it is the one who supplies it.
   */
  void takePrompt(ActiveRequest request) {
    request.promptCapacity = promptCapacity(request);
    request.forksLeft = request.cacheUsers().size();
    promptTokens += request.promptCapacity;
    request.readPrefix().ifPresent(prefix -> takePrefix(prefix, request));
    request.promptBlock = allocate(1, request.promptCapacity);
    request.prefix.ifPresent(prefix -> begin(request, prefix));
  }

  private void takePrefix(SharedPrefix prefix, ActiveRequest request) {
    promptTokens += prefix.users == 0 ? prefix.capacity() : 0;
    prefix.users += request.forksLeft;
    if (prefix.block < 0) {
      prefix.supplier = request;
      allocate(prefix);
    }
  }

  private void allocate(SharedPrefix prefix) {
    prefix.block = allocate(1, prefix.capacity());
    prefixes.add(prefix);
  }

  private void begin(ActiveRequest request, SharedPrefix prefix) {
    if (prefix.block < 0) {
      prefix.supplier = request;
    }
    if (prefix.supplier == request) {
      return;
    }
    request.prefilled = prefix.length();
    if (!request.readsPrefix) {
      blocks.copy(prefix.block, 0, request.promptBlock, 0, prefix.length());
    }
  }

  /**
   * Tells that the beginning which a request supplies is computed. If it lies in the request's own
   * row it is copied, unless there is no room for that or the row is gone.
   */
  void supply(ActiveRequest request) {
    SharedPrefix prefix = request.prefix.orElseThrow();
    prefix.supplier = null;
    boolean hasRoom =
        promptTokens + beamTokens + worstCase(-1, -1) + prefix.capacity() <= budgetTokens;
    if (!request.readsPrefix && request.promptBlock >= 0 && hasRoom) {
      allocate(prefix);
      blocks.copy(request.promptBlock, 0, prefix.block, 0, prefix.length());
    }
  }

  private void dropPrefix(ActiveRequest request) {
    request
        .readPrefix()
        .ifPresent(prefix -> promptTokens -= --prefix.users == 0 ? prefix.capacity() : 0);
  }

  /** Takes back what a user has that ended before it got room of its own. */
  void drop(CacheUser user) {
    dropFork(user.request());
    dropPrefix(user.request());
  }

  /** Tells that one cache user does not need the prompt any more; the last one frees it. */
  private void dropFork(ActiveRequest request) {
    if (--request.forksLeft == 0) {
      blocks.release(request.promptBlock, request.promptCapacity);
      promptTokens -= request.promptCapacity;
      request.promptBlock = -1;
    }
  }

  /** Whether it can be given room and grow to its end beside all the others. */
  boolean fits(CacheUser user) {
    long others = promptTokens + beamTokens;
    if (user instanceof BeamGroup group) {
      return others + worstCase(-1, -1) + group.blockTokens() <= budgetTokens;
    }
    Sequence s = (Sequence) user;
    return others + worstCase(firstPool(s), lastPool(s)) <= budgetTokens;
  }

  /** Gives room of its own, with a copy of the prompt unless it is shared. */
  void fork(CacheUser user) {
    if (user instanceof BeamGroup group) {
      fork(group);
    } else {
      fork((Sequence) user);
    }
    if (!user.request().sharesPrompt) {
      dropFork(user.request());
    }
  }

  private void fork(BeamGroup group) {
    group.block = allocate(group.numRows(), group.capacity());
    beamTokens += group.blockTokens();
    group.placeFirst();
    for (int row = 0; row < group.search.running().size(); row++) {
      blocks.copy(group.request().promptBlock, 0, group.block, row, group.cachedLength);
    }
  }

  private void fork(Sequence s) {
    int first = firstPool(s);
    for (int p = first; p <= lastPool(s); p++) {
      holders[p]++;
    }
    s.cachedLength = s.request.promptLength();
    KvPool pool = pools.get(first);
    makeRoom(pool);
    pool.place(s);
    if (!s.request.sharesPrompt) {
      copy(s, s.request.promptBlock, 0, pool);
    }
  }

  /** Takes back the room of a user that has ended. */
  void remove(CacheUser user) {
    if (user instanceof BeamGroup group) {
      blocks.release(group.block, group.blockTokens());
      beamTokens -= group.blockTokens();
      group.block = -1;
    } else {
      remove((Sequence) user);
    }
  }

  private void remove(Sequence s) {
    for (int p = s.pool; p <= lastPool(s); p++) {
      holders[p]--;
    }
    pools.get(s.pool).vacate(s.slot);
    s.pool = -1;
    s.slot = -1;
    if (s.request.sharesPrompt) {
      dropFork(s.request);
    }
    dropPrefix(s.request);
  }

  /** Gives each of the beams that go on the keys and values of its parent. */
  void follow(BeamGroup group) {
    group.follow((from, to) -> blocks.copy(group.block, from, group.block, to, group.cachedLength));
  }

  /** Moves the sequences that have filled their slot to the next larger pool. */
  void growFull() {
    for (int p = pools.size() - 2; p >= 0; p--) {
      KvPool from = pools.get(p);
      KvPool to = pools.get(p + 1);
      for (Sequence s : from.snapshot()) {
        if (s.ownLength() == from.capacity) {
          // Making room can move the sequence itself, so where it is now is looked up after it; and
          // its slot is given up only after the copy, or another sequence could be put there first.
          makeRoom(to);
          int slot = s.slot;
          to.place(s);
          copy(s, from.blockOf(slot), from.rowOf(slot), to);
          from.vacate(slot);
          holders[p]--;
        }
      }
    }
  }

  /** Closes the gaps, so that every pool's sequences are a slice. */
  void compact() {
    for (KvPool pool : pools) {
      pool.compact(blocks);
    }
  }

  /** The changes since the last call, in order. */
  List<Step.CacheOp> takeOps() {
    return blocks.takeOps();
  }

  /** Forgets everything, as {@link LanguageModel#clearCache} does. */
  void reset() {
    pools.forEach(KvPool::clear);
    Arrays.fill(holders, 0);
    promptTokens = 0;
    beamTokens = 0;
    prefixes.clear();
    blocks.clear();
  }

  private void makeRoom(KvPool pool) {
    if (pool.isFull()) {
      pool.blocks.add(allocate(pool.rowsPerBlock, pool.capacity));
    }
  }

  private void copy(Sequence s, int fromBlock, int fromRow, KvPool to) {
    blocks.copy(fromBlock, fromRow, to.blockOf(s.slot), to.rowOf(s.slot), s.ownLength());
  }

  private int allocate(int rows, int capacity) {
    long tokens = (long) rows * capacity;
    if (!blocks.hasRoom(tokens)) {
      // Empty blocks are kept for the next sequence until their memory is needed elsewhere.
      compact();
      for (KvPool pool : pools) {
        pool.takeEmptyBlocks().forEach(block -> blocks.release(block, pool.blockTokens()));
      }
    }
    if (!blocks.hasRoom(tokens)) {
      prefixes.removeIf(this::releaseUnread);
    }
    return blocks.allocate(rows, capacity);
  }

  private boolean releaseUnread(SharedPrefix prefix) {
    if (prefix.users > 0) {
      return false;
    }
    blocks.release(prefix.block, prefix.capacity());
    prefix.block = -1;
    return true;
  }

  /** Tokens of all blocks needed if every holder, and one more from pool to pool, were there. */
  private long worstCase(int first, int last) {
    long tokens = 0;
    for (KvPool pool : pools) {
      int n = holders[pool.index] + (first <= pool.index && pool.index <= last ? 1 : 0);
      tokens += (n + pool.rowsPerBlock - 1L) / pool.rowsPerBlock * pool.blockTokens();
    }
    return tokens;
  }

  private long tokensOfOne(ActiveRequest request) {
    if (request.beams.isPresent()) {
      return request.beams.get().blockTokens();
    }
    Sequence one = request.sequences.get(0);
    long tokens = 0;
    for (int p = firstPool(one); p <= lastPool(one); p++) {
      tokens += pools.get(p).blockTokens();
    }
    return tokens;
  }

  /** The pool in which it starts, with one token more than its prompt. */
  private int firstPool(Sequence s) {
    ActiveRequest request = s.request;
    int own = request.sharesPrompt ? 0 : request.promptLength() - request.prefixLength();
    return poolFor(own + 1);
  }

  /** The pool in which it can come to end. */
  private int lastPool(Sequence s) {
    return poolFor(s.finalOwnLength());
  }

  private int poolFor(int positions) {
    int p = 0;
    while (pools.get(p).capacity < positions && p < pools.size() - 1) {
      p++;
    }
    return p;
  }

  private static int roundUp(int value, int grid) {
    return (value + grid - 1) / grid * grid;
  }
}
