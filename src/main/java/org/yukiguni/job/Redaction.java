package org.yukiguni.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Hides what must not be printed or written beside the results. */
final class Redaction {
  static final String HIDDEN = "***";

  /** A key whose last word says secret: hub_token and api_key, but not max_new_tokens. */
  private static final Pattern SECRET_KEY =
      Pattern.compile("(?i)(.*[_.-])?(token|secret|password|passwd|key|credentials?|signature)");

  /** {@code user:secret@} of a URI. */
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/?#\\s]*@");

  /**
   * {@code access_key=...} in a URI's query or a connection string. A plain {@code key} is more
   * often a column of a query or a partition of a path.
   */
  private static final Pattern SECRET_PARAMETER =
      Pattern.compile(
          "(?i)(\\b(?:[\\w.-]*[_.-])?"
              + "(?:token|secret|password|passwd|pwd|(?:access|account|api|private|secret)[_.-]?key"
              + "|sig|signature)['\"]?\\s*=\\s*)('[^']*'|\"[^\"]*\"|[^&;,)\\s]+)");

  private static final Set<String> READ_BY_THE_MODEL = Set.of("template", "system");

  private Redaction() {}

  /** Hides secrets in all groups of a tree, except in what the model is given to read. */
  static void apply(ObjectNode tree) {
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      JsonNode value = entry.getValue();
      if (value instanceof ObjectNode group) {
        apply(group);
      } else if (value.isTextual() && SECRET_KEY.matcher(entry.getKey()).matches()) {
        entry.setValue(TextNode.valueOf(HIDDEN));
      } else if (value.isTextual() && !READ_BY_THE_MODEL.contains(entry.getKey())) {
        entry.setValue(TextNode.valueOf(text(value.textValue())));
      }
    }
  }

  static String text(String text) {
    String anonymous = USER_INFO.matcher(text).replaceAll(HIDDEN + "@");
    return SECRET_PARAMETER.matcher(anonymous).replaceAll("$1" + HIDDEN);
  }
}
