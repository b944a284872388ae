; Inno Setup 6. Build the bundle first, then: iscc /DVersion=0.4.0 packaging\windows\walt.iss
#ifndef Version
  #error Give the version: iscc /DVersion=0.4.0 packaging\windows\walt.iss
#endif

[Setup]
AppId={{6B7E0B5C-6B0E-4A55-9D4C-0C8E7A4F1D21}
AppName=walt
AppVersion={#Version}
DefaultDirName={autopf}\walt
DefaultGroupName=walt
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\dist\walt\THIRD-PARTY-NOTICES.txt
OutputDir=..\..\dist
OutputBaseFilename=walt-{#Version}-setup
Compression=lzma2
SolidCompression=yes
ChangesAssociations=yes
WizardStyle=modern

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"

[CustomMessages]
en.Film=walt film
fr.Film=Film walt
en.Pack=walt pack
fr.Pack=Modèle walt

[Files]
Source: "..\..\dist\walt\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\walt"; Filename: "{app}\walt-window.exe"

[Registry]
Root: HKA; Subkey: "Software\Classes\.walt"; ValueType: string; ValueData: "walt.film"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\walt.film"; ValueType: string; ValueData: "{cm:Film}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\walt.film\shell\open\command"; ValueType: string; ValueData: """{app}\walt-window.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.waltpack"; ValueType: string; ValueData: "walt.pack"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\walt.pack"; ValueType: string; ValueData: "{cm:Pack}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\walt.pack\shell\open\command"; ValueType: string; ValueData: """{app}\walt-window.exe"" ""%1"""

[Run]
Filename: "{app}\walt-window.exe"; Description: "walt"; Flags: nowait postinstall skipifsilent
