package org.yukiguni.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A map from byte strings to ids that is walked byte by byte. Nodes are numbers; the edges lie in
 * one open-addressed hash table, so that 65,000 pieces take a few megabytes and no objects.
 *
 * <p>Filled once, then read by several threads.
 */
final class ByteTrie {
  /** Where every walk begins. */
  static final int ROOT = 0;

  /** The answer for an edge or an id that does not exist. */
  static final int NONE = -1;

  private static final int MAX_NODES = 1 << 23;

  private int[] edges = new int[1024];
  private int[] targets = new int[1024];
  private int[] ids = {NONE};
  private int nodes = 1;

  ByteTrie() {
    Arrays.fill(edges, NONE);
  }

  void put(String key, int id) {
    int node = ROOT;
    for (byte value : key.getBytes(StandardCharsets.UTF_8)) {
      int next = child(node, value);
      node = next == NONE ? addChild(node, value) : next;
    }
    ids[node] = id;
  }

  /** The node behind an edge, or {@link #NONE}. */
  int child(int node, byte value) {
    int slot = slot(edge(node, value));
    return edges[slot] == NONE ? NONE : targets[slot];
  }

  /** The id that ends at a node, or {@link #NONE}. */
  int idAt(int node) {
    return ids[node];
  }

  /** The id of exactly these bytes, or {@link #NONE}. */
  int find(byte[] text, int from, int to) {
    int node = ROOT;
    for (int i = from; i < to && node != NONE; i++) {
      node = child(node, text[i]);
    }
    return node == NONE ? NONE : ids[node];
  }

  /** The length in bytes of the longest key that begins at an offset; 0 if none does. */
  int longestMatch(byte[] text, int from) {
    int longest = 0;
    int node = ROOT;
    for (int i = from; i < text.length; i++) {
      node = child(node, text[i]);
      if (node == NONE) {
        break;
      }
      if (ids[node] != NONE) {
        longest = i + 1 - from;
      }
    }
    return longest;
  }

  private int addChild(int node, byte value) {
    if (nodes == MAX_NODES) {
      throw new TokenizerException(
          "Cannot index the vocabulary because it needs more than "
              + MAX_NODES
              + " trie nodes; use a model with fewer or shorter pieces.");
    }
    if (2 * nodes >= edges.length) {
      grow();
    }
    if (nodes == ids.length) {
      ids = Arrays.copyOf(ids, 2 * nodes);
    }
    int slot = slot(edge(node, value));
    edges[slot] = edge(node, value);
    targets[slot] = nodes;
    ids[nodes] = NONE;
    return nodes++;
  }

  private void grow() {
    int[] oldEdges = edges;
    int[] oldTargets = targets;
    edges = new int[2 * oldEdges.length];
    targets = new int[edges.length];
    Arrays.fill(edges, NONE);
    for (int i = 0; i < oldEdges.length; i++) {
      if (oldEdges[i] != NONE) {
        int slot = slot(oldEdges[i]);
        edges[slot] = oldEdges[i];
        targets[slot] = oldTargets[i];
      }
    }
  }

  private static int edge(int node, byte value) {
    return (node << 8) | (value & 0xFF);
  }

  private int slot(int edge) {
    int mask = edges.length - 1;
    int slot = ((edge * 0x9E3779B1) >>> 8) & mask;
    while (edges[slot] != NONE && edges[slot] != edge) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
