package org.yukiguni.engine;

/** Opens the rules of the engine to tests of other rooms. */
public final class Rules {
  private Rules() {}

  /** The edits of the token behind these, by the engine's own way, token by token. */
  public static LogitEdits edits(
      GenerationConfig config, int[] prompt, int[] completion, int maxNewTokens) {
    LogitRules rules = new LogitRules(config, prompt, maxNewTokens);
    for (int token : completion) {
      rules.append(token);
    }
    return rules.edits();
  }
}
