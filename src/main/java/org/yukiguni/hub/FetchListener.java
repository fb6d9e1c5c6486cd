package org.yukiguni.hub;

/** Is told how a model comes to this host. It is called often, and by several threads at once. */
public interface FetchListener {
  /**
   * Some bytes have come, or were found to be there already.
   *
   * @param model the repository or the folder
   * @param bytes that are there
   * @param totalBytes that there will be
   */
  void fetched(String model, long bytes, long totalBytes);

  /** No more will come of a model, because all is there or because it failed. */
  void ended(String model);
}
