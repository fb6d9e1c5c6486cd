package org.yukiguni.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The body of a request as OpenAI's Batch API has it, in our terms.
 *
 * @param messages of a chat completion, contents as texts; null for a text completion
 * @param prompt of a text completion; null for a chat completion
 * @param settings the body's settings under the names of a job's group {@code generation}; what is
 *     none of them is checked where all rows' settings are
 */
record BatchRequest(ArrayNode messages, String prompt, ObjectNode settings) {
  static final String CHAT_URL = "/v1/chat/completions";
  static final String TEXT_URL = "/v1/completions";

  /** What OpenAI generates for a text completion that does not say. */
  private static final int TEXT_MAX_TOKENS = 16;

  /** Keys that say nothing about the text. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "metadata",
          "model",
          "prompt_cache_key",
          "safety_identifier",
          "service_tier",
          "store",
          "stream_options",
          "user");

  /** Keys that OpenAI knows and that are not supported, with the value that turns them off. */
  private static final Map<String, JsonNode> UNSUPPORTED =
      Map.ofEntries(
          off("audio", null),
          off("best_of", 1),
          off("echo", false),
          off("function_call", null),
          off("functions", null),
          off("logit_bias", null),
          off("modalities", null),
          off("parallel_tool_calls", null),
          off("prediction", null),
          off("reasoning_effort", null),
          off("stream", false),
          off("suffix", null),
          off("tool_choice", "none"),
          off("tools", null),
          off("verbosity", null),
          off("web_search_options", null));

  private static Map.Entry<String, JsonNode> off(String key, Object value) {
    return Map.entry(key, new ObjectMapper().valueToTree(value));
  }

  /**
   * Reads a request.
   *
   * @param maxTokensSet whether the job itself bounds the completions
   * @throws IllegalArgumentException if it asks for what is not supported
   */
  static BatchRequest of(String method, String url, JsonNode body, boolean maxTokensSet) {
    if (!"POST".equals(method)) {
      throw new IllegalArgumentException("method is %s; give POST".formatted(method));
    }
    boolean isChat = CHAT_URL.equals(url);
    if (!isChat && !TEXT_URL.equals(url)) {
      throw new IllegalArgumentException(
          "url is %s; give %s or %s".formatted(url, CHAT_URL, TEXT_URL));
    }
    if (!body.isObject()) {
      throw new IllegalArgumentException("body is no object; give one");
    }
    ObjectNode settings = body.deepCopy();
    settings.remove(WITHOUT_EFFECT);
    refuseUnsupported(settings);
    rename(settings, isChat);
    JsonNode messages = settings.remove("messages");
    JsonNode prompt = settings.remove("prompt");
    if (isChat) {
      return new BatchRequest(messages(messages), null, settings);
    }
    if (!maxTokensSet && !settings.hasNonNull("max_tokens")) {
      settings.put("max_tokens", TEXT_MAX_TOKENS);
    }
    return new BatchRequest(null, text(prompt), settings);
  }

  private static void refuseUnsupported(ObjectNode settings) {
    List<String> asked = new ArrayList<>();
    UNSUPPORTED.forEach(
        (key, off) -> {
          JsonNode value = settings.remove(key);
          boolean isOff =
              value == null || value.isNull() || (value.isContainerNode() && value.isEmpty());
          if (!isOff && !value.equals(off)) {
            asked.add("body." + key);
          }
        });
    JsonNode format = settings.remove("response_format");
    if (format != null && !format.isNull() && !format.path("type").asText().equals("text")) {
      asked.add("body.response_format");
    }
    if (!asked.isEmpty()) {
      throw new IllegalArgumentException(
          "%s %s not supported; remove %s"
              .formatted(
                  String.join(", ", asked.stream().sorted().toList()),
                  asked.size() == 1 ? "is" : "are",
                  asked.size() == 1 ? "it" : "them"));
    }
  }

  private static void rename(ObjectNode settings, boolean isChat) {
    JsonNode newer = settings.remove("max_completion_tokens");
    if (newer != null && !newer.isNull()) {
      settings.set("max_tokens", newer);
    }
    // OpenAI's way to ask for the most probable tokens.
    if (settings.path("temperature").isNumber() && settings.get("temperature").doubleValue() == 0) {
      settings.remove("temperature");
      settings.put("do_sample", false);
    }
    JsonNode top = settings.remove("top_logprobs");
    if (isChat && settings.path("logprobs").isBoolean()) {
      boolean isOn = settings.remove("logprobs").booleanValue();
      if (isOn) {
        settings.put("logprobs", top == null ? 0 : top.asInt());
      }
    }
  }

  private static String text(JsonNode prompt) {
    JsonNode only =
        prompt != null && prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
    if (only == null || !only.isTextual()) {
      throw new IllegalArgumentException(
          "body.prompt is no text; give one text, and a request for each of several");
    }
    return only.textValue();
  }

  private static ArrayNode messages(JsonNode messages) {
    if (messages == null || !messages.isArray() || messages.isEmpty()) {
      throw new IllegalArgumentException("body.messages is no list of messages; give one");
    }
    ArrayNode texts = JsonNodeFactory.instance.arrayNode();
    for (JsonNode message : messages) {
      String name = "body.messages[" + texts.size() + "]";
      String role = message.path("role").asText();
      if (!Set.of("system", "developer", "user", "assistant").contains(role)) {
        throw new IllegalArgumentException(
            "%s has role '%s'; give system, developer, user or assistant".formatted(name, role));
      }
      if (message.hasNonNull("tool_calls") || message.hasNonNull("function_call")) {
        throw new IllegalArgumentException(name + " calls a tool, which is not supported");
      }
      texts
          .addObject()
          .put("role", role.equals("developer") ? "system" : role)
          .put("content", content(name, message.path("content")));
    }
    return texts;
  }

  /** The text of a message; several parts are lines, as vLLM joins them. */
  private static String content(String name, JsonNode content) {
    if (content.isTextual()) {
      return content.textValue();
    }
    List<String> parts = new ArrayList<>();
    for (JsonNode part : content) {
      if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
        throw new IllegalArgumentException(
            "%s has a part of type '%s'; give texts".formatted(name, part.path("type").asText()));
      }
      parts.add(part.get("text").textValue());
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(name + " has no content; give it a text");
    }
    return String.join("\n", parts);
  }
}
