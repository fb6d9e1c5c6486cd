/**
 * TorchScript as source: the sources under {@code torchscript/} become an archive in memory, which
 * libtorch compiles when it is loaded, and whose methods are called with tensors.
 *
 * <p>Owns everything that knows the archive's format or DJL's way to call it, so that a change of
 * either stays here. It knows no model.
 */
package org.yukiguni.script;
