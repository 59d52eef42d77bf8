@echo off
rem Finds a Python that the kit has wheels for; install.py does the rest.
setlocal
set "folder=%~dp0src\helpers\operate\kit"
set "found="
set "PYTHON_MANAGER_AUTOMATIC_INSTALL=false"
for /f "tokens=2 delims=:." %%c in ('chcp') do set "page=%%c"
chcp 65001 >nul
if defined PYTHON call :try "%PYTHON%"
for %%m in (14 13 12 11) do if not defined found call :try py -3.%%m
if not defined found call :try python
if not defined found goto none
%found% -I "%folder%\install.py" %*
set "status=%errorlevel%"
goto end
:none
type "%folder%\files\no-python.txt"
set "status=1"
:end
chcp %page% >nul
rem Opened by a double click, the window would close before anybody has read it.
echo %cmdcmdline% | find /i "%~nx0" >nul && pause
exit /b %status%

:try
%* -I "%folder%\install.py" --fits >nul 2>nul
if "%errorlevel%"=="0" set found=%*
exit /b
