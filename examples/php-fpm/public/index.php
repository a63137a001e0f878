<?php
header('Content-Type: text/plain');
printf("hello from pid %d, PHP %s\n", getmypid(), PHP_VERSION);
