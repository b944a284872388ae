<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>%n times</source>
        <translation>
            <numerusform>%n time</numerusform>
            <numerusform>%n times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln frame(s)</source>
        <translation>
            <numerusform>%Ln frame</numerusform>
            <numerusform>%Ln frames</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FinetuneDialog</name>
    <message numerus="yes">
        <source>%n example(s)</source>
        <translation>
            <numerusform>%n example</numerusform>
            <numerusform>%n examples</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n without a caption</source>
        <translation>
            <numerusform>%n without a caption</numerusform>
            <numerusform>%n without a caption</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Training takes %n minute(s) on this computer&apos;s processor, plus a few more to read the examples and write the pack. Longer training gives better results; short training changes little.</source>
        <translation>
            <numerusform>Training takes %n minute on this computer&apos;s processor, plus a few more to read the examples and write the pack. Longer training gives better results; short training changes little.</numerusform>
            <numerusform>Training takes %n minutes on this computer&apos;s processor, plus a few more to read the examples and write the pack. Longer training gives better results; short training changes little.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>about %n minute left</numerusform>
            <numerusform>about %n minutes left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryPanel</name>
    <message numerus="yes">
        <source>%Ln clip(s)</source>
        <translation>
            <numerusform>%Ln clip</numerusform>
            <numerusform>%Ln clips</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clip(s) in the trash</source>
        <translation>
            <numerusform>%Ln clip in the trash</numerusform>
            <numerusform>%Ln clips in the trash</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move the %Ln oldest clip(s) to the trash?</source>
        <translation>
            <numerusform>Move the oldest clip to the trash?</numerusform>
            <numerusform>Move the %Ln oldest clips to the trash?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message numerus="yes">
        <source>%n clip(s) were interrupted when walt closed last time.</source>
        <translation>
            <numerusform>%n clip was interrupted when walt closed last time.</numerusform>
            <numerusform>%n clips were interrupted when walt closed last time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n clip(s) are left from last time.</source>
        <translation>
            <numerusform>%n clip is left from last time.</numerusform>
            <numerusform>%n clips are left from last time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Paused · %n clip(s) waiting</source>
        <translation>
            <numerusform>Paused · %n clip waiting</numerusform>
            <numerusform>Paused · %n clips waiting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n clip(s) waiting</source>
        <translation>
            <numerusform>%n clip waiting</numerusform>
            <numerusform>%n clips waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusPanel</name>
    <message numerus="yes">
        <source>The queue is paused; %n clip(s) wait.</source>
        <translation>
            <numerusform>The queue is paused; %n clip is waiting.</numerusform>
            <numerusform>The queue is paused; %n clips are waiting.</numerusform>
        </translation>
    </message>
</context>
</TS>
