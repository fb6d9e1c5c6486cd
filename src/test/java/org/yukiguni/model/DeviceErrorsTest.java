package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yukiguni.engine.DeviceFaultException;

/** The texts are those of libtorch 2.7 (c10/cuda, aten/src/ATen/cuda/CUDABlas.cpp). */
class DeviceErrorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.10 GiB",
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "[enforce fail at alloc_cpu.cpp:115] err == 0. DefaultCPUAllocator: can't allocate memory",
        "std::bad_alloc"
      })
  void lackOfMemory(String text) {
    assertThatThrownBy(() -> DeviceErrors.rethrow(new EngineException(text + "\nmore")))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA error: an illegal memory access was encountered",
        "CUDA error: device-side assert triggered",
        "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx( handle, opa, opb)`"
      })
  void aDeviceThatIsLost(String text) {
    assertThatThrownBy(() -> DeviceErrors.rethrow(new EngineException(text)))
        .isInstanceOf(DeviceFaultException.class)
        .hasMessage(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"index out of range in self", "null"})
  void anythingElseIsItself(String text) {
    EngineException itself = new EngineException(text);
    assertThatThrownBy(() -> DeviceErrors.rethrow(itself)).isSameAs(itself);
  }
}
