package org.yukiguni.hub;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yukiguni.hub.Retry.TransientException;

/**
 * What a hub's refusal means. The hub tells kinds of 401, 403 and 404 apart by the header {@code
 * X-Error-Code}, and says 401 of a repository that does not exist to those without a token.
 */
final class HubErrors {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  /** The draft header {@code RateLimit: "api";r=0;t=55}: t seconds until requests count anew. */
  private static final Pattern RATE_LIMIT = Pattern.compile(";\\s*t\\s*=\\s*(\\d{1,9})");

  private HubErrors() {}

  /**
   * The exception for a response that is no success.
   *
   * @param model id of the repository
   * @param wanted what was asked for: a revision or a file
   * @return a refusal; a failure that time may cure is thrown instead
   */
  static HubException of(HttpResponse<?> response, HubEnvironment hub, String model, String wanted)
      throws TransientException {
    int status = response.statusCode();
    String code = response.headers().firstValue("X-Error-Code").orElse("");
    String says = response.headers().firstValue("X-Error-Message").orElse("it gives no reason");
    String because = "Cannot fetch model " + model + " because ";
    if (status == 429) {
      throw new TransientException("the hub limits the rate of requests (429)", wait(response));
    }
    if (status >= 500 || status == 408) {
      throw new TransientException(
          "the server " + response.uri().getHost() + " has a problem (" + status + ")",
          wait(response));
    }
    URI page = URI.create(hub.endpoint() + "/" + model);
    if (code.equals("GatedRepo")) {
      return HubException.refused(
          because
              + "it is gated ("
              + status
              + ": "
              + says
              + "); accept its conditions at "
              + page
              + " and "
              + (hub.token().isPresent()
                  ? "use the token of that account"
                  : "set HF_TOKEN to a token of that account"));
    }
    if (code.equals("RevisionNotFound")) {
      return HubException.refused(
          because + "it has no revision " + wanted + "; see the branches and tags at " + page);
    }
    if (code.equals("EntryNotFound")) {
      return HubException.refused(because + "it has no file " + wanted + "; see " + page);
    }
    if (status == 404 || code.equals("RepoNotFound")) {
      return HubException.refused(
          because
              + hub.endpoint()
              + " has no model of that id, or does not show it "
              + (hub.token().isPresent() ? "to the account of the token" : "without a token")
              + " ("
              + status
              + "); correct the id, or give a local folder"
              + (hub.token().isPresent() ? "" : ", or set HF_TOKEN if it is private"));
    }
    if (status == 401) {
      return HubException.refused(
          because
              + (hub.token().isPresent()
                  ? "the hub does not accept the token (401: %s); make a new one at %s/settings/tokens"
                      .formatted(says, hub.endpoint())
                  : "the hub wants to know who asks (401: %s); set HF_TOKEN".formatted(says)));
    }
    if (status == 403) {
      return HubException.refused(
          because + "the hub forbids it (403: " + says + "); give the token the right to read it");
    }
    return HubException.refused(
        because
            + response.uri().getHost()
            + " answers "
            + status
            + " to the question for "
            + wanted
            + " ("
            + says
            + "); check HF_ENDPOINT");
  }

  private static Duration wait(HttpResponse<?> response) {
    HttpHeaders headers = response.headers();
    String after = headers.firstValue("Retry-After").orElse("").strip();
    if (SECONDS.matcher(after).matches()) {
      return Duration.ofSeconds(Long.parseLong(after));
    }
    try {
      ZonedDateTime then = ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration wait = Duration.between(ZonedDateTime.now(then.getZone()), then);
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeParseException e) {
      Matcher limit = RATE_LIMIT.matcher(headers.firstValue("RateLimit").orElse(""));
      return limit.find() ? Duration.ofSeconds(Long.parseLong(limit.group(1))) : Duration.ZERO;
    }
  }
}
