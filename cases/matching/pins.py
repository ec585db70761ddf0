"""The model files of the reference engine: OpenCV Zoo's YuNet (MIT) and SFace (Apache-2.0), pinned by SHA-256."""

DETECTOR_FILE = "face_detection_yunet_2023mar.onnx"
DETECTOR_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
RECOGNISER_FILE = "face_recognition_sface_2021dec.onnx"
RECOGNISER_SHA256 = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
PINS = {DETECTOR_FILE: DETECTOR_SHA256, RECOGNISER_FILE: RECOGNISER_SHA256}
