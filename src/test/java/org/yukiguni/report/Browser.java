package org.yukiguni.report;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The machine's Chromium without a window. */
public final class Browser implements AutoCloseable {
  /** Sizes of the screenshots. */
  public enum Screen {
    DESKTOP(1280, 900),
    PHONE(390, 844);

    private final int width;
    private final int height;

    Screen(int width, int height) {
      this.width = width;
      this.height = height;
    }
  }

  /** Calls back once every chart has drawn something, or after 20 seconds. */
  private static final String DRAWN =
      """
      const begin = Date.now(), done = arguments[0];
      const drawn = canvas => canvas.width > 0 && canvas.height > 0 &&
          canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(v => v);
      (function look() {
        const all = [...document.querySelectorAll('canvas')].every(drawn);
        setTimeout(all || Date.now() - begin > 20000 ? done : look, 500);
      })();
      """;

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts it; without one on the machine the test is skipped, and says so. */
  public static Browser open() {
    Optional<Path> chromium = onPath("chromium", "chromium-browser", "google-chrome");
    Optional<Path> chromedriver = onPath("chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      System.err.println(
          "SKIPPED: the page was NOT opened in a browser, because this machine has no chromium and"
              + " chromedriver; apt-get install chromium chromium-driver");
    }
    Assumptions.assumeTrue(
        chromium.isPresent() && chromedriver.isPresent(), "no chromium and chromedriver here");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow().toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--lang=en");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.orElseThrow().toFile())
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  /** Opens a file as a person does. */
  public void show(Path file, Screen screen, String colorScheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colorScheme))));
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            screen.width,
            "height",
            screen.height,
            "deviceScaleFactor",
            1,
            "mobile",
            screen == Screen.PHONE));
    driver.get(file.toUri().toString());
  }

  /** Elements that a reader sees. */
  public List<WebElement> visible(String css) {
    return driver.findElements(By.cssSelector(css)).stream()
        .filter(WebElement::isDisplayed)
        .toList();
  }

  /** The value of an expression. */
  public Object evaluate(String script) {
    return driver.executeScript("return " + script);
  }

  /** Elements that reach beyond the right edge, other than in a box that scrolls. */
  public Object wide() {
    return evaluate(
        "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, pre, .skip') &&"
            + " e.getBoundingClientRect().right > screen.width + 1).map(e => e.outerHTML.slice(0, 120))");
  }

  /** What the browser complained about: errors of scripts, and what the page's policy forbade. */
  public List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /** A picture of the page's upper part, up to a height in pixels. */
  public void picture(Path file, int height) {
    // Charts take their size from an observer, which runs with one of the next frames.
    driver.executeAsyncScript(DRAWN);
    Number width = (Number) evaluate("document.documentElement.clientWidth");
    Number all = (Number) evaluate("document.documentElement.scrollHeight");
    Map<String, Object> shot =
        driver.executeCdpCommand(
            "Page.captureScreenshot",
            Map.of(
                "captureBeyondViewport",
                true,
                "clip",
                Map.of(
                    "x",
                    0,
                    "y",
                    0,
                    "scale",
                    1,
                    "width",
                    width,
                    "height",
                    Math.min(height, all.intValue()))));
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode((String) shot.get("data")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }

  private static Optional<Path> onPath(String... names) {
    return Stream.of(names)
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
