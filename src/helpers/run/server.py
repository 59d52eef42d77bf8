"""What the process that workers are forked from does before it imports what they need; imported there alone.

It stands in no folder of the user's, where a `matplotlibrc` would be read, and says what it says in a file: the terminal belongs
to whoever asks for pages, and so does the sentence about a process that died.
"""

import atexit
import gc
import os
import signal
from importlib import import_module

from helpers.run import light, warm
from helpers.run.kernels import forker

gc.disable()  # for all the imports to come, none of which leaves garbage worth a fifth of their time; children turn it on again
atexit.register(gc.freeze)  # what ends with the process is not looked through for garbage: a fifth of all its time

signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks ends what was forked
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
os.chdir(os.sep)
warm.say_in(os.environ.pop(warm.SAID, os.devnull))

for _name in warm.IN_BOTH:
    import_module(_name)
if warm.threads(os.getpid()) == 1:  # else whoever asks is told that nothing can be forked here
    forker.begin()
light.load("jsonschema")
