package org.yukiguni.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * A run as one HTML file that needs no network. Three things keep texts of the data from becoming
 * markup: the template engine escapes every value, the page's own data is JSON without a {@code <},
 * and a content security policy lets no script run but the two whose hashes it names.
 */
public final class Page {
  private static final String FOLDER = "report/";
  private static final String SCRIPT = "page.js";
  private static final String CHARTS =
      "META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";
  private static final PebbleEngine TEMPLATES =
      new PebbleEngine.Builder()
          .loader(new ClasspathLoader(Page.class.getClassLoader()))
          .autoEscaping(true)
          .strictVariables(true)
          .build();

  private Page() {}

  /** The page of a run. */
  public static String of(Output output, Summary summary) {
    return render("page.html", SCRIPT, Map.of("page", PageModel.of(output, summary)));
  }

  /** The page of two runs beside each other. */
  public static String of(Comparison comparison) {
    return render("comparison.html", SCRIPT, Map.of("page", comparison));
  }

  /** The page of a training. */
  public static String of(TrainingLog log) {
    return render("training.html", "training.js", Map.of("page", TrainingPage.of(log)));
  }

  private static String render(String template, String scriptName, Map<String, Object> model) {
    String charts = resource(CHARTS).replace("//# sourceMappingURL", "// no map at");
    String script = resource(FOLDER + scriptName);
    Map<String, Object> context = new HashMap<>(model);
    context.put("style", resource(FOLDER + "page.css"));
    context.put("charts", charts);
    context.put("script", script);
    context.put("scriptHashes", "'sha256-" + hash(charts) + "' 'sha256-" + hash(script) + "'");
    StringWriter html = new StringWriter();
    try {
      TEMPLATES.getTemplate(FOLDER + template).evaluate(html, context);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return html.toString();
  }

  private static String hash(String script) {
    try {
      return Base64.getEncoder()
          .encodeToString(MessageDigest.getInstance("SHA-256").digest(script.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks " + name + "; build it anew");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name + " because " + e.getMessage(), e);
    }
  }
}
