@echo off
rem Runs Culvert from a source checkout: builds the jar when it is missing or older than the sources, then starts it.
rem
rem   culvert --help
rem
rem JAVA_HOME          the JDK to use (17 or newer); else the java of the PATH
rem CULVERT_JAVA_OPTS  options for the JVM, after the fixed ones
setlocal EnableExtensions DisableDelayedExpansion
set "here=%~dp0"
set "jar=%here%launcher\target\culvert.jar"

if defined JAVA_HOME (set "java=%JAVA_HOME%\bin\java.exe") else (set "java=java")
"%java%" -version >nul 2>&1
if errorlevel 1 (
  echo culvert: Java 17 or newer is needed, and "%java%" does not start. 1>&2
  echo   Install a JDK, for example: winget install EclipseAdoptium.Temurin.21.JDK 1>&2
  echo   or point JAVA_HOME to one that you have. 1>&2
  exit /b 1
)
set "version="
for /f "tokens=2 delims==" %%v in ('call "%java%" -XshowSettings:properties -version 2^>^&1 ^| findstr /c:"java.specification.version ="') do set "version=%%v"
set "version=%version: =%"
rem Up to Java 8 the version was written 1.8.
if "%version:~0,2%"=="1." set "version=%version:~2%"
if %version% LSS 17 (
  echo culvert: Java 17 or newer is needed; this one is version %version%. 1>&2
  exit /b 1
)

set "build="
if exist "%here%pom.xml" (
  if not exist "%jar%" (set "build=missing") else (
    for /f %%n in ('powershell -NoProfile -Command "$j = (Get-Item '%jar%').LastWriteTime; Get-ChildItem '%here%' -Directory | Where-Object { $_.Name -notin 'conformance','benchmarks' } | ForEach-Object { Get-ChildItem ($_.FullName + '\src\main'), ($_.FullName + '\pom.xml'), '%here%pom.xml' -Recurse -File -ErrorAction SilentlyContinue } | Where-Object { $_.LastWriteTime -gt $j } | Select-Object -First 1 | ForEach-Object { 'changed' }"') do set "build=%%n"
  )
)
if not defined build goto start

where mvn >nul 2>&1
if errorlevel 1 (
  echo culvert: to build Culvert, Maven 3.8 or newer is needed, and there is no mvn. 1>&2
  echo   Install it from https://maven.apache.org and put its bin folder on the PATH. 1>&2
  exit /b 1
)
echo building culvert.jar ^(the first time takes a minute or two^)... 1>&2
pushd "%here%"
call mvn -B -Pfast -pl launcher -am package 1>&2
set "failed=%errorlevel%"
popd
if not "%failed%"=="0" (
  echo culvert: the build failed. 1>&2
  exit /b 1
)

:start
set "options=-Xshare:auto -XX:+UseSerialGC"
set "ratio= -XX:NewRatio=4"
echo " %CULVERT_JAVA_OPTS% " | findstr /r /c:" -XX:+Use[A-Za-z0-9]*GC " >nul
if not errorlevel 1 (set "options=-Xshare:auto" & set "ratio=")
set "heap=-Xms48m -Xmx512m -XX:NewSize=24m -XX:MaxNewSize=96m"
echo " %CULVERT_JAVA_OPTS% " | findstr /c:"NewSize=" >nul
if not errorlevel 1 set "heap=-Xms48m -Xmx512m -XX:MaxNewSize=96m"
echo " %CULVERT_JAVA_OPTS% " | findstr /c:" -Xm" /c:" -XX:MaxHeapSize=" /c:" -XX:InitialHeapSize=" >nul
if not errorlevel 1 set "heap=-Xms32m -Xmx512m%ratio%"
set "options=%heap% %options%"
if %version% GEQ 24 set "options=%options% --enable-native-access=ALL-UNNAMED"
"%java%" %options% %CULVERT_JAVA_OPTS% -jar "%jar%" %*
exit /b %errorlevel%
